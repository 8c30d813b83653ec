import type { NativeHandler } from "./handler.js";
import { markStreaming } from "./handler.js";
import { type NativeResponseStream, preludeType } from "./response-stream.js";

/**
 * The global that Lambda's runtime has for handlers that stream.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/response-streaming-tutorial.html
 */
const awslambda = {
  streamifyResponse<H extends NativeHandler>(handler: H, options?: { readonly highWaterMark?: number }): H {
    return markStreaming(handler, options?.highWaterMark);
  },
  HttpResponseStream: {
    /** The same stream, which sends status and headers before its first byte. */
    from(stream: NativeResponseStream, prelude: unknown): NativeResponseStream {
      stream.setContentType(preludeType);
      stream._onBeforeFirstWrite = (write) => {
        write(JSON.stringify(prelude));
        write(new Uint8Array(8));
      };
      return stream;
    },
  },
};

/** Puts it there, unless a runtime has. */
export function installAwslambda(): void {
  const globals = globalThis as { awslambda?: object };
  globals.awslambda = { ...awslambda, ...globals.awslambda };
}
