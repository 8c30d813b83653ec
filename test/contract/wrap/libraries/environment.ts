import { environment } from "@portico/aws/wrap/environment";

// Imported first, as the documentation says: libraries look for these when they are loaded.
environment({ awslambda: true });
