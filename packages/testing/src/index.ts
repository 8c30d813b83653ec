export { fake } from "./fake.js";
export type { FakeBodyInit, FakePart } from "./fake-body.js";
export type { FakeContext, FakeLogEntry } from "./fake-context.js";
export type { FakeHttpInit } from "./fake-http.js";
export { bytes, cookies, header, json, type ReplyCookie, text } from "./reply.js";
export { events, type ReplyEvent } from "./reply-events.js";
