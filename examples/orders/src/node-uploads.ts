import { bearer, serve } from "@portico/node";
import { attachmentStored } from "./attachment-stored.js";
import { app } from "./orders.js";

// The app is for everyone; events are for those who know the token.
await serve([app, attachmentStored], { events: { authorize: bearer(process.env.EVENTS_TOKEN) } });
