export { bearer } from "./bearer.js";
export { type NodeContext, type NodeNative, native } from "./context.js";
export type { EventAuthorizer, EventDoor } from "./door.js";
export type { EventsOptions } from "./events.js";
export type { AnyServedFunction } from "./functions.js";
export { type ListenerOptions, type NodeListener, toNodeListener } from "./listener.js";
export type { SchedulesOptions } from "./schedule-options.js";
export { type ServeOptions, type Serving, serve } from "./serve.js";
