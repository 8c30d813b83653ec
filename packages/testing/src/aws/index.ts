export { change } from "./change.js";
export { context, type FakeLambdaContext, type FakeLambdaInit } from "./context.js";
export { event } from "./event.js";
export { type FakeHttpOptions, type HttpEvents, http } from "./http.js";
export { object } from "./object.js";
export { queue } from "./queue.js";
export { schedule } from "./schedule.js";
export { stream } from "./stream.js";
export { topic } from "./topic.js";
