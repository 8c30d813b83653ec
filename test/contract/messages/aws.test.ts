import type { MessageHandler } from "@portico/aws";
import { leapingClock } from "../../../packages/core/test/leaping-clock.js";
import { deployed } from "../deploy/aws-messages.mjs";
import { messageContract } from "../messages.js";
import { inProcess } from "./aws-deployment.js";
import { awsSources } from "./aws-sources.js";

leapingClock();

for (const source of awsSources) {
  messageContract(`AWS ${source.name}, in process`, source.limits, async () =>
    inProcess(source, deployed[source.export] as MessageHandler),
  );
}
