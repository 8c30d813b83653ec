import { http } from "@portico/gcp";
import { router } from "@portico/router";
import { functions } from "../node/functions.mjs";

http("app", router(functions), { bodyLimit: 1_000_000 });

/** For the signature types of events, which take plain exports. */
export const plain = http("registered-under-another-name", functions[0]);
