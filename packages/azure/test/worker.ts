import Module from "node:module";
import type { HttpRequestInit, InvocationContext } from "@azure/functions";

/** A value as it crosses between host and worker. */
interface RpcData {
  readonly http?: RpcHttp;
  readonly bytes?: Uint8Array;
  readonly string?: string;
  readonly json?: string;
}

/** A value on its way into the worker, in the shapes of the host's protocol. */
export type RpcInput =
  | { readonly string: string }
  | { readonly json: string }
  | { readonly bytes: Uint8Array }
  | { readonly collectionString: { readonly string: readonly string[] } }
  | { readonly collectionBytes: { readonly bytes: readonly Uint8Array[] } }
  | { readonly collectionSint64: { readonly sint64: readonly object[] } };

interface RpcHttp {
  readonly statusCode: string;
  readonly headers: Record<string, string>;
  readonly cookies: Record<string, unknown>[];
  readonly body: { readonly bytes: Uint8Array };
}

interface Binding {
  readonly type: string;
  readonly route?: string;
  readonly methods?: readonly string[];
  readonly authLevel?: string;
  readonly [option: string]: unknown;
}

interface Registration {
  readonly metadata: {
    readonly name: string;
    readonly bindings: Record<string, Binding>;
    readonly retryOptions?: { readonly maxRetryCount: number };
  };
  readonly callback: (input: unknown, context: InvocationContext) => unknown;
}

interface InvocationModel {
  getArguments(): Promise<{ context: InvocationContext; inputs: unknown[] }>;
  invokeFunction(context: InvocationContext, inputs: unknown[], callback: Registration["callback"]): Promise<unknown>;
  getResponse(context: InvocationContext, result: unknown): Promise<{ returnValue?: RpcData | null }>;
}

interface ProgrammingModel {
  getInvocationModel(coreContext: unknown): InvocationModel;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

/** What the worker would have: filled by `@azure/functions` once `app.*` is called. */
export const worker = {
  functions: new Map<string, Registration>(),
  hooks: new Map<string, ((context: object) => unknown)[]>(),
  logs: [] as { readonly level: string; readonly category: string; readonly message: string }[],
  model: undefined as ProgrammingModel | undefined,
};

const core = {
  version: "3.9.1",
  hostVersion: "4.1036.0",
  registerFunction: (metadata: Registration["metadata"], callback: Registration["callback"]) => {
    worker.functions.set(metadata.name, { metadata, callback });
  },
  setProgrammingModel: (model: ProgrammingModel) => {
    worker.model = model;
  },
  registerHook: (name: string, callback: (context: object) => unknown) => {
    worker.hooks.set(name, [...(worker.hooks.get(name) ?? []), callback]);
    return { dispose: () => undefined };
  },
  log: (level: string, category: string, message: string) => void worker.logs.push({ level, category, message }),
};

// The Functions worker supplies the module in the same way. Import this file before the first `app.*` call.
const { require: original } = Module.prototype;
Module.prototype.require = Object.assign(function (this: Module, id: string): unknown {
  return id === "@azure/functions-core" ? core : original.call(this, id);
}, original);

/** What the host sees of one HTTP invocation in RPC mode: the library's own conversion both ways. Rejects where the worker reports a failure. */
export async function invoke(name: string, request: HttpRequestInit, traceContext?: object): Promise<RpcHttp> {
  const registration = worker.functions.get(name);
  if (!registration || !worker.model) throw new Error(`no function ${name}`);
  const { metadata, callback } = registration;
  const trigger = Object.keys(metadata.bindings).find((key) => metadata.bindings[key]?.type === "httpTrigger");
  const model = worker.model.getInvocationModel({
    invocationId: "invocation-1",
    metadata,
    request: { inputData: [{ name: trigger, data: { http: request } }], triggerMetadata: {}, traceContext },
    log: core.log,
  });
  const { context, inputs } = await model.getArguments();
  const result = await model.invokeFunction(context, inputs, callback);
  const { returnValue } = await model.getResponse(context, result);
  if (!returnValue?.http) throw new Error("no HTTP reply");
  return returnValue.http;
}

/** How the host starts a function by another trigger than HTTP. */
export interface Firing {
  /** None for a value that is null on the host: it crosses as a value of no type. */
  readonly input?: RpcInput | undefined;
  readonly metadata?: Readonly<Record<string, RpcInput>>;
  readonly retryContext?: { readonly retryCount: number; readonly maxRetryCount: number };
  readonly traceContext?: object;
}

/** Runs one invocation by the library's own conversion; rejects where the worker reports a failure, and only there. */
export async function fire(
  name: string,
  { input, metadata: triggerMetadata, retryContext, traceContext }: Firing,
): Promise<void> {
  const registration = worker.functions.get(name);
  if (!registration || !worker.model) throw new Error(`no function ${name}`);
  const { metadata, callback } = registration;
  const trigger = Object.keys(metadata.bindings).find((key) => metadata.bindings[key]?.type.endsWith("Trigger"));
  const model = worker.model.getInvocationModel({
    invocationId: "invocation-1",
    metadata,
    request: { inputData: [{ name: trigger, data: input ?? {} }], triggerMetadata, retryContext, traceContext },
    log: core.log,
  });
  const { context, inputs } = await model.getArguments();
  const failure = await model.invokeFunction(context, inputs, callback).then(
    () => undefined,
    (error: unknown) => ({ error }),
  );
  // As the worker does it: whoever throws nothing has succeeded.
  if (failure?.error !== undefined && failure.error !== null) throw failure.error;
}

/** The trigger as the host was told of it. */
export function bindingOf(name: string): Binding | undefined {
  return Object.values(worker.functions.get(name)?.metadata.bindings ?? {}).find(({ type }) =>
    type.endsWith("Trigger"),
  );
}
