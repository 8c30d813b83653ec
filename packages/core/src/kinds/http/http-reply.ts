/** Chunks of a reply: a web stream, a Node stream, an async generator. Text is encoded as UTF-8. */
export type StreamSource = AsyncIterable<string | Uint8Array> | ReadableStream<string | Uint8Array>;

/** Text, which is sent as UTF-8; bytes; chunks of both; or nothing. */
export type HttpReplyBody = string | Uint8Array | StreamSource | null;

/** Header fields by lower-case name; a list for a field that stands on several lines, as `set-cookie` does. */
export type HttpReplyHeaders = Readonly<Record<string, string | readonly string[]>>;

/** The header fields of a plain JSON reply. One object for all of them, which is known to be right; hence it cannot be changed. */
export const jsonHeaders: HttpReplyHeaders = /* @__PURE__ */ Object.freeze({ "content-type": "application/json" });

/** A reply as plain data. Make it with `reply.*`; a layer returns a changed copy (`withHeaders`). */
export interface HttpReply {
  /** 200 to 599. */
  readonly status: number;
  readonly headers: HttpReplyHeaders;
  readonly body: HttpReplyBody;
  /** The error this reply stands for: for the log, never sent. */
  readonly error?: unknown;
}

/** The lines of one header field. */
export function toLines(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return typeof value === "string" ? [value] : value;
}
