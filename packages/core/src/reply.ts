import { bytes, empty, html, json, problem, redirect, sse, stream, text } from "./kinds/http/reply.js";

/**
 * Builds replies: plain data, with the content type that fits. A bundler keeps all of them where one is used by this name; `import * as reply from "@portico/core/reply"` lets it leave
 * out the others.
 */
// A literal, which a bundler may drop; the namespace of a module it could not, once that is in one file with others.
export const reply = { json, text, html, bytes, stream, sse, empty, redirect, problem } as const;
