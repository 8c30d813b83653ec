import { fakeContext } from "./fake-context.js";
import { fakeHttp } from "./fake-http.js";

/** Events and contexts for unit tests, without a cloud. */
export const fake = { http: fakeHttp, context: fakeContext } as const;
