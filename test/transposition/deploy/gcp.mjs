// Functions of every cloud on Google Cloud Functions.
import * as gcp from "@portico/gcp";
import { deploy } from "../../contract/deploy/gcp-messages.mjs";
import { failing, wrapped } from "../functions.mjs";

for (const [from, { onRequest, onInvoke, ...messages }] of Object.entries(wrapped)) {
  deploy(messages, 5000, `${from}-`);
  deploy(failing[from], 5000, `${from}-fails-`);
  gcp.http(`${from}-http`, onRequest);
  gcp.invoke(`${from}-invoke`, onInvoke);
}
