export * from "./change.js";
export { detect } from "./detect.js";
export * from "./http.js";
export * from "./stream.js";
