import { installAwslambda } from "./lambda/awslambda.js";

/** What a handler finds in its process at home. Only what is given is set. */
export interface EnvironmentOptions {
  /** `AWS_REGION` and `AWS_DEFAULT_REGION`: the region of the old services too, which clients in the handler go on talking to. */
  readonly region?: string | undefined;
  /** `AWS_LAMBDA_FUNCTION_NAME`. Some libraries take a process that has it for Lambda. */
  readonly name?: string | undefined;
  /** `AWS_LAMBDA_FUNCTION_VERSION`. */
  readonly version?: string | undefined;
  /** `AWS_LAMBDA_FUNCTION_MEMORY_SIZE`, mebibytes. */
  readonly memoryMb?: number | undefined;
  /** `AWS_LAMBDA_LOG_GROUP_NAME`. */
  readonly logGroup?: string | undefined;
  /** `AWS_LAMBDA_LOG_STREAM_NAME`. */
  readonly logStream?: string | undefined;
  /** `AWS_LAMBDA_INITIALIZATION_TYPE`, which is `on-demand` as a rule. */
  readonly initializationType?: string | undefined;
  /** `LAMBDA_TASK_ROOT`: the folder of the function's code. */
  readonly taskRoot?: string | undefined;
  /** `_HANDLER`, such as `index.handler`. */
  readonly handler?: string | undefined;
  /** `TZ`: Lambda has `:UTC`. */
  readonly timeZone?: string | undefined;
  /** What the function's configuration sets besides, by name. */
  readonly variables?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * Whether `globalThis.awslambda` is to be there, with `streamifyResponse` and `HttpResponseStream`, for handlers that stream. One that is
   * there already stays. Default: false.
   */
  readonly awslambda?: boolean | undefined;
}

const names: Readonly<Record<string, readonly string[]>> = {
  region: ["AWS_REGION", "AWS_DEFAULT_REGION"],
  name: ["AWS_LAMBDA_FUNCTION_NAME"],
  version: ["AWS_LAMBDA_FUNCTION_VERSION"],
  memoryMb: ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"],
  logGroup: ["AWS_LAMBDA_LOG_GROUP_NAME"],
  logStream: ["AWS_LAMBDA_LOG_STREAM_NAME"],
  initializationType: ["AWS_LAMBDA_INITIALIZATION_TYPE"],
  taskRoot: ["LAMBDA_TASK_ROOT"],
  handler: ["_HANDLER"],
  timeZone: ["TZ"],
};

/**
 * Sets the variables of Lambda that a wrapped handler reads, as far as they are given and missing, and returns what it set. Call it before the
 * module of the handler is imported: in a module of its own that is imported first, or before `await import("./handler.js")`.
 *
 * Without a meaning elsewhere, and so not provided: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` (clients of AWS find
 * their credentials by their own chain), `AWS_EXECUTION_ENV`, `AWS_LAMBDA_RUNTIME_API`, `LAMBDA_RUNTIME_DIR`, `AWS_XRAY_DAEMON_ADDRESS` and
 * `AWS_XRAY_CONTEXT_MISSING`. `_X_AMZN_TRACE_ID` belongs to an invocation: the option `xRay` of a wrapper sets it.
 *
 * @example
 * import { environment } from "@portico/aws/wrap/environment";
 * environment({ region: "eu-west-1", name: "orders", awslambda: true });
 * const { handler } = await import("./legacy.js");
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export function environment(options: EnvironmentOptions): Readonly<Record<string, string>> {
  const set: Record<string, string> = {};
  const provide = (name: string, value: unknown): void => {
    if (value === undefined || process.env[name] !== undefined) return;
    process.env[name] = String(value);
    set[name] = String(value);
  };
  for (const [option, variables] of Object.entries(names))
    for (const name of variables) provide(name, options[option as keyof EnvironmentOptions]);
  for (const [name, value] of Object.entries(options.variables ?? {})) provide(name, value);
  if (options.awslambda) installAwslambda();
  return set;
}
