import { serve } from "@portico/node";
import * as functions from "./functions.mjs";

await serve(Object.values(functions), {
  host: "127.0.0.1",
  timeoutMs: 3_000,
  events: { authorize: "anyone" },
  schedules: true,
});
