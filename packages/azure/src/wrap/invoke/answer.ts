import { type ErrorCode, errorStatus, HandlerError, type HttpReply } from "@portico/core";
import { toRawJson } from "@portico/core/adapter";

/**
 * What a JSON endpoint answered.
 *
 * @throws {HandlerError} the code of its status when it is no success; REPLY_INVALID when it is no JSON.
 */
export function readAnswer({ status, body }: HttpReply): unknown {
  const value = body === null ? undefined : readJson(body as Uint8Array);
  if (status >= 200 && status < 300) {
    if (value !== notJson) return value;
    throw new HandlerError("REPLY_INVALID", "The handler's answer is no JSON.");
  }
  const { detail, title } = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const message = [detail, title].find((text) => typeof text === "string" && text !== "");
  throw new HandlerError(codeOf(status), (message as string | undefined) ?? `The handler answered ${status}.`, {
    details: value === notJson || status >= 500 ? undefined : value,
  });
}

const notJson = Symbol("not JSON");

function readJson(body: Uint8Array): unknown {
  try {
    return toRawJson(body);
  } catch {
    return notJson;
  }
}

function codeOf(status: number): ErrorCode {
  const [code] = Object.entries(errorStatus).find(([, one]) => one === status) ?? [];
  if (code !== undefined) return code as ErrorCode;
  return status >= 400 && status < 500 ? "BAD_REQUEST" : "BAD_GATEWAY";
}
