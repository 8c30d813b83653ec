// What the native handlers of all clouds share: no cloud, and nothing of Portico.
import { createHash } from "node:crypto";

/** What a payload asks for: its first word, or the member `todo` where it is JSON. */
export function wordOf(payload) {
  const text = Buffer.from(payload).toString("latin1");
  return text.startsWith("{") ? JSON.parse(text).todo : /^[a-z-]+/.exec(text)?.[0];
}

/** A payload by what cannot be mistaken. */
export function digest(payload) {
  const bytes = Buffer.from(payload);
  return { length: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") };
}

/** Says what the handler saw, and does what it was asked to do. Every cloud's log has the line as it stands. */
export function act(todo, saw) {
  process.stdout.write(`${JSON.stringify({ message: "native", saw: { todo, ...saw } })}\n`);
  if (todo === "throw") throw new TypeError("a secret reason");
  if (todo === "throw-undefined") throw undefined;
}
