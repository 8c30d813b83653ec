// The process that a function app runs in: what the Functions host's Node worker does with `@azure/functions`, without gRPC.
import Module from "node:module";
import { connect } from "node:net";
import { pathToFileURL } from "node:url";
import { type FromWorker, type RpcFunction, type RpcReply, receive, send, type ToWorker } from "./messages.js";

interface Binding {
  readonly type: string;
  readonly route?: string;
  readonly methods?: readonly string[];
}

interface Metadata {
  readonly name: string;
  readonly bindings: Readonly<Record<string, Binding>>;
}

type Callback = (...inputs: unknown[]) => unknown;
type Hook = (context: Record<string, unknown>) => unknown;

interface InvocationModel {
  getArguments(): Promise<{ context: object; inputs: unknown[] }>;
  invokeFunction(context: object, inputs: unknown[], callback: Callback): Promise<unknown>;
  getResponse(context: object, result: unknown): Promise<{ returnValue?: { http?: RpcReply } | null }>;
}

interface ProgrammingModel {
  getInvocationModel(context: object): InvocationModel;
  getCapabilities(capabilities: Record<string, string>): Promise<Record<string, string>>;
}

const functions = new Map<string, { readonly metadata: Metadata; readonly callback: Callback }>();
const hooks = new Map<string, Hook[]>();
const appHookData = {};
let model: ProgrammingModel | undefined;
let started = false;

const [, , modulePath = "", port = ""] = process.argv;
supplyCore();
const socket = connect(Number(port), "127.0.0.1");
// Without its host a worker has nothing to do.
socket.on("close", () => process.exit(0));
socket.on("error", () => process.exit(0));
receive<ToWorker>(socket, (message) => {
  if (message.type === "invoke") invoke(message).then((result) => send(socket, result));
  else terminate();
});
await start();

/** `@azure/functions` requires a module that no registry has: the worker puts it in place of the real require. */
function supplyCore(): void {
  const core = {
    version: "3.9.1",
    hostVersion: "4.1036.0",
    registerFunction(metadata: Metadata, callback: Callback) {
      if (started) throw new Error("A function can only be registered during app startup.");
      if (functions.has(metadata.name))
        throw new Error(`A function with name "${metadata.name}" has already been registered.`);
      functions.set(metadata.name, { metadata, callback });
      return { dispose: () => functions.delete(metadata.name) };
    },
    setProgrammingModel(given: ProgrammingModel) {
      model = given;
    },
    getProgrammingModel: () => model,
    registerHook(name: string, hook: Hook) {
      hooks.set(name, [...(hooks.get(name) ?? []), hook]);
      return {
        dispose: () =>
          hooks.set(
            name,
            (hooks.get(name) ?? []).filter((other) => other !== hook),
          ),
      };
    },
    log,
  };
  const { require: original } = Module.prototype;
  Module.prototype.require = Object.assign(function (this: Module, id: string): unknown {
    return id === "@azure/functions-core" ? core : original.call(this, id);
  }, original);
}

// Entries of an invocation leave as they are; the library's own are marked, and its chatter is left out.
function log(level: string, category: string, message: string): void {
  if (category === "user") process.stdout.write(`${message}\n`);
  else if (level === "warning" || level === "error" || level === "critical")
    process.stderr.write(`[azure ${level}] ${message}\n`);
}

async function start(): Promise<void> {
  await import(pathToFileURL(modulePath).href);
  if (!model) throw new Error(`${modulePath} registered no function: does it call azure.http or app.*?`);
  await runHooks("appStart", {});
  const { HttpUri } = await model.getCapabilities({ RawHttpBodyBytes: "true", RpcHttpBodyOnly: "true" });
  started = true;
  send(socket, {
    type: "ready",
    functions: [...functions.values()].flatMap(({ metadata }) => announce(metadata)),
    httpUri: HttpUri,
  });
}

function announce({ name, bindings }: Metadata): RpcFunction[] {
  const trigger = Object.values(bindings).find(isTrigger);
  return trigger ? [{ name, type: trigger.type, route: trigger.route, methods: trigger.methods ?? [] }] : [];
}

function isTrigger({ type }: Binding): boolean {
  return /trigger$/i.test(type);
}

async function invoke({
  id,
  name,
  input,
  retryContext,
  triggerMetadata,
  traceContext,
}: ToWorker & { type: "invoke" }): Promise<FromWorker> {
  try {
    const registered = functions.get(name);
    if (!registered || !model) throw new Error(`Function code for '${name}' is not loaded and cannot be invoked.`);
    const { metadata } = registered;
    const trigger = Object.keys(metadata.bindings).find((key) => isTrigger(metadata.bindings[key] as Binding));
    const coreContext = {
      invocationId: id,
      metadata,
      request: {
        invocationId: id,
        inputData: [{ name: trigger, data: input }],
        retryContext,
        triggerMetadata,
        traceContext,
      },
      state: undefined as string | undefined,
      log,
    };
    const invocation = model.getInvocationModel(coreContext);
    const { context, inputs } = await invocation.getArguments();
    const hookData = {};
    const before = { hookData, appHookData, invocationContext: context, functionCallback: registered.callback, inputs };
    coreContext.state = "preInvocationHooks";
    await runHooks("preInvocation", before);
    coreContext.state = "invocation";
    const after = {
      hookData,
      appHookData,
      invocationContext: context,
      inputs: before.inputs,
      result: null as unknown,
      error: null as unknown,
    };
    try {
      after.result = await invocation.invokeFunction(context, before.inputs, before.functionCallback);
    } catch (error) {
      after.error = error;
    }
    coreContext.state = "postInvocationHooks";
    await runHooks("postInvocation", after);
    coreContext.state = undefined;
    // As the worker does it: whoever throws nothing has succeeded.
    if (after.error !== undefined && after.error !== null) throw after.error;
    const { returnValue } = await invocation.getResponse(context, after.result);
    return { type: "result", id, ...(returnValue?.http && { reply: returnValue.http }) };
  } catch (error) {
    const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
    process.stderr.write(`[azure failure] ${name}: ${text}\n`);
    return { type: "result", id, error: text };
  }
}

async function terminate(): Promise<void> {
  try {
    await runHooks("appTerminate", { hookData: {}, appHookData });
  } finally {
    process.exit(0);
  }
}

async function runHooks(name: string, context: Record<string, unknown>): Promise<void> {
  for (const hook of hooks.get(name) ?? []) await hook(context);
}
