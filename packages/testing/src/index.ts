export { batch } from "./batch.js";
export { fake } from "./fake.js";
export type { FakeBodyInit, FakePart } from "./fake-body.js";
export type { FakeChangeInit } from "./fake-change.js";
export type { FakeClock } from "./fake-clock.js";
export type { FakeContext, FakeContextOptions } from "./fake-context.js";
export type { FakeEventInit } from "./fake-event.js";
export type { FakeHttpInit } from "./fake-http.js";
export type { FakeInvokeInit } from "./fake-invoke.js";
export type { FakeMessageInit, FakeQueueInit, FakeStreamInit } from "./fake-message.js";
export type { FakeObjectInit } from "./fake-object.js";
export type { FakePayloadInit } from "./fake-payload.js";
export type { FakeScheduleInit } from "./fake-schedule.js";
export type { FakeLogEntry } from "./record-log.js";
export {
  type RecordingSink,
  type RecordingSinkOptions,
  recordingSink,
  type SunkMessage,
} from "./recording-sink.js";
export { bytes, cookies, header, json, type ReplyCookie, text } from "./reply.js";
export { events, type ReplyEvent } from "./reply-events.js";
export type { Seed } from "./seed.js";
