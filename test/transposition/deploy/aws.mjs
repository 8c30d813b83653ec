// Functions of every cloud on Lambda.
import * as aws from "@portico/aws";
import { deploy } from "../../contract/deploy/aws-messages.mjs";
import { failing, wrapped } from "../functions.mjs";

const all = ({ onRequest, onInvoke, ...messages }) => ({
  ...deploy(messages, 5000),
  http: aws.http(onRequest),
  invoke: aws.invoke(onInvoke),
});
const each = (functions) => Object.fromEntries(Object.entries(functions).map(([from, given]) => [from, all(given)]));

export const from = each(wrapped);
export const fails = each(failing);
