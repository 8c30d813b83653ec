// Functions of every cloud on Azure Functions.
import * as azure from "@portico/azure";
import { deploy } from "../../contract/deploy/azure-messages.mjs";
import { failing, wrapped } from "../functions.mjs";

for (const [from, { onRequest, onInvoke, ...messages }] of Object.entries(wrapped)) {
  deploy(messages, 5000, `${from}-`);
  deploy(failing[from], 5000, `${from}-fails-`);
  azure.http(`${from}-http`, onRequest);
  azure.invoke(`${from}-invoke`, onInvoke);
}
