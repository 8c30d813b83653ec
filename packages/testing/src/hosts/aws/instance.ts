import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Child, startChild, whenReady } from "../process.js";
import { nativeClientImport } from "./native-client.js";

/** One event on its way through a function. */
export interface Invocation {
  readonly id: string;
  /** JSON. */
  readonly event: string;
  readonly timeoutMs: number;
  /** Called once, with what became of it; a stream may still be arriving then. */
  settle(outcome: Outcome): void;
}

export type Outcome =
  | { readonly kind: "result"; readonly json: string }
  | { readonly kind: "stream"; readonly content: IncomingMessage }
  | { readonly kind: "failed"; readonly reason: string };

export interface InstanceOptions {
  /** The runtime client's main file. */
  readonly client: string;
  readonly taskRoot: string;
  /** `file.export`, from the task root. */
  readonly handler: string;
  readonly functionName: string;
  readonly env: Readonly<Record<string, string>> | undefined;
  readonly nodePath: string | undefined;
  readonly cwd: string | undefined;
  readonly logs: string[];
}

const region = "us-east-1";
const api = /^\/2018-06-01\/runtime\/(?:invocation\/(next)|invocation\/([^/]+)\/(response|error)|(init\/error))$/;

/** A function's process with the real runtime client in it, and the Runtime API that it asks for work. */
export class Instance {
  private readonly server: Server;
  private readonly logs: string[];
  private readonly arn: string;
  private child: Child | undefined;
  private current: Invocation | undefined;
  private waiting = deferred<ServerResponse>();
  private readonly initFailed = deferred<never>();
  private over = false;

  /** @throws {Error} with the reason when the function's module fails to load. */
  static async start(options: InstanceOptions): Promise<Instance> {
    const instance = new Instance(options);
    await instance.initialize(options);
    return instance;
  }

  private constructor({ functionName, logs }: InstanceOptions) {
    this.logs = logs;
    this.arn = `arn:aws:lambda:${region}:123456789012:function:${functionName}`;
    this.server = createServer((request, response) => this.serve(request, response));
    // Long polls last as long as nobody calls the function.
    this.server.requestTimeout = 0;
    this.initFailed.promise.catch(() => undefined);
  }

  /** Whether the process has ended, by itself or not. */
  get ended(): boolean {
    return this.over;
  }

  /** Runs one invocation; resolves when the runtime is ready for the next, or gone. */
  async run(invocation: Invocation): Promise<void> {
    const response = await this.next();
    if (!response)
      return invocation.settle({ kind: "failed", reason: "Runtime.ExitError: the process ended while idle" });
    this.waiting = deferred();
    this.current = invocation;
    const timer = setTimeout(() => this.expire(invocation), invocation.timeoutMs);
    response.writeHead(200, {
      "content-type": "application/json",
      "lambda-runtime-aws-request-id": invocation.id,
      "lambda-runtime-deadline-ms": Date.now() + invocation.timeoutMs,
      "lambda-runtime-invoked-function-arn": this.arn,
      "lambda-runtime-trace-id": newTraceId(),
    });
    response.end(invocation.event);
    const ready = await this.next();
    clearTimeout(timer);
    this.settle({ kind: "failed", reason: ready ? "no response was posted" : "Runtime.ExitError: the process ended" });
  }

  async stop(): Promise<void> {
    await this.child?.stop();
    this.server.closeAllConnections();
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve));
  }

  private async initialize(options: InstanceOptions): Promise<void> {
    await new Promise<void>((resolve) => this.server.listen(0, "127.0.0.1", resolve));
    const { port } = this.server.address() as AddressInfo;
    this.child = startChild({
      args: [nativeClientImport, options.client],
      env: { ...environment(options), ...options.env, AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}` },
      nodePath: options.nodePath,
      cwd: options.cwd,
      logs: options.logs,
    });
    this.child.ended.then(() => {
      this.over = true;
    });
    try {
      const ready = Promise.race([this.waiting.promise, this.initFailed.promise]);
      await whenReady(this.child, options.logs, ready, `The Lambda function ${options.handler}`);
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  private async next(): Promise<ServerResponse | undefined> {
    return Promise.race([this.waiting.promise, this.child?.ended.then(() => undefined)]);
  }

  private settle(outcome: Outcome): void {
    const { current } = this;
    this.current = undefined;
    current?.settle(outcome);
  }

  private expire({ id, timeoutMs }: Invocation): void {
    this.logs.push(`${new Date().toISOString()} ${id} Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`);
    this.settle({ kind: "failed", reason: "Sandbox.Timedout" });
    void this.child?.stop();
  }

  private serve(request: IncomingMessage, response: ServerResponse): void {
    const [, next, id, what, initError] = api.exec(request.url ?? "") ?? [];
    request.on("error", () => undefined);
    if (next) {
      this.waiting.resolve(response);
    } else if (id !== undefined && id !== this.current?.id) {
      // What comes after the time-out, say.
      request.resume();
      response.writeHead(400).end('{"errorType":"InvalidRequestID"}');
    } else if (what === "response" && request.headers["lambda-runtime-function-response-mode"] === "streaming") {
      request.on("end", () => accept(response));
      this.settle({ kind: "stream", content: request });
    } else {
      readText(request).then(
        (text) => {
          accept(response);
          if (initError) {
            this.initFailed.reject(new Error(`The function could not be initialised: ${describeError(text)}`));
          } else if (what === "response") this.settle({ kind: "result", json: text });
          else this.settle({ kind: "failed", reason: describeError(text) });
        },
        () => undefined,
      );
    }
  }
}

function accept(response: ServerResponse): void {
  response.writeHead(202, { "content-type": "application/json" }).end('{"status":"OK"}');
}

function environment({ taskRoot, handler, functionName }: InstanceOptions): Record<string, string> {
  return {
    _HANDLER: handler,
    LAMBDA_TASK_ROOT: taskRoot,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_LAMBDA_FUNCTION_NAME: functionName,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "128",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${functionName}`,
    AWS_LAMBDA_LOG_STREAM_NAME: "local",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
  };
}

/** `Type: message`, with the trace, of the error that the runtime posted. */
function describeError(json: string): string {
  try {
    const { errorType, errorMessage, trace } = JSON.parse(json) as {
      errorType?: string;
      errorMessage?: string;
      trace?: string[];
    };
    return [`${errorType}: ${errorMessage}`, ...(trace?.slice(1) ?? [])].join("\n");
  } catch {
    return json;
  }
}

function newTraceId(): string {
  const hex = Buffer.from(crypto.getRandomValues(new Uint8Array(20))).toString("hex");
  const seconds = Math.floor(Date.now() / 1000).toString(16);
  return `Root=1-${seconds}-${hex.slice(0, 24)};Parent=${hex.slice(24)};Sampled=0`;
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((onResolve, onReject) => {
    resolve = onResolve;
    reject = onReject;
  });
  return { promise, resolve: (value) => resolve(value), reject: (error) => reject(error) };
}
