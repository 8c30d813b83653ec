import { serve } from "@portico/node";
import { thumbnail } from "./thumbnail.js";

await serve(thumbnail);
