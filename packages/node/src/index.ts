export { type NodeContext, type NodeNative, native } from "./context.js";
export { type ListenerOptions, type NodeListener, toNodeListener } from "./listener.js";
export { type ServeOptions, type Serving, serve } from "./serve.js";
