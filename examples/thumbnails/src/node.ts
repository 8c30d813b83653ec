import { bearer, serve } from "@portico/node";
import { thumbnail } from "./thumbnail.js";

await serve(thumbnail, { events: { authorize: bearer(process.env.EVENTS_TOKEN) } });
