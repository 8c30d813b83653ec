export { detect } from "./detect.js";
export * from "./http.js";
