import "../deploy/gcp-messages.mjs";
import { messageContract } from "../messages.js";
import { inProcess } from "./gcp-deployment.js";
import { gcpSources } from "./gcp-sources.js";

for (const source of gcpSources) {
  messageContract(`Google, ${source.name}, in process`, source.limits, () => inProcess(source));
}
