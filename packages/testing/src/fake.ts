import { fakeChange } from "./fake-change.js";
import { fakeClock } from "./fake-clock.js";
import { fakeContext } from "./fake-context.js";
import { fakeEvent } from "./fake-event.js";
import { fakeHttp } from "./fake-http.js";
import { fakeInvoke } from "./fake-invoke.js";
import { fakeQueue, fakeStream, fakeTopic } from "./fake-message.js";
import { fakeObject } from "./fake-object.js";
import { fakeSchedule } from "./fake-schedule.js";

/** Events of every kind, contexts and clocks, for unit tests without a cloud. */
export const fake = {
  http: fakeHttp,
  queue: fakeQueue,
  topic: fakeTopic,
  stream: fakeStream,
  object: fakeObject,
  change: fakeChange,
  schedule: fakeSchedule,
  event: fakeEvent,
  invoke: fakeInvoke,
  context: fakeContext,
  clock: fakeClock,
} as const;
