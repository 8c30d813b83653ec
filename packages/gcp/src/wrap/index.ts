export * from "./http.js";
export * from "./queue.js";
export * from "./stream.js";
export * from "./topic.js";
