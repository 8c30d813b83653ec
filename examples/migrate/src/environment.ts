import { environment } from "@portico/aws/wrap/environment";

// Imported before the handlers, some of which read it as they are loaded.
environment({ region: "eu-west-1", name: "shop-orders" });
