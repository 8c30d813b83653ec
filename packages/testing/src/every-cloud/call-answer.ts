import type { HttpReply } from "@portico/core";
import { toJson, toText } from "@portico/core/adapter";
import { bytes } from "../reply.js";

/** What a caller makes of the reply where functions answer JSON over HTTP: the answer, null for none, or the error that it stands for. */
export async function readAnswer(reply: HttpReply): Promise<{ readonly answer?: unknown; readonly error?: unknown }> {
  const body = await bytes(reply);
  const { status } = reply;
  if (status >= 200 && status < 300) return { answer: body.byteLength === 0 ? null : toJson(body) };
  return { error: new Error(`The call was answered with the status ${status}: ${toText(body)}`) };
}
