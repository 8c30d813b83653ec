import { afterEach, expect, test } from "vitest";
import { environment } from "./environment.js";

const before = { ...process.env };
afterEach(() => {
  for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
  Object.assign(process.env, before);
});

test("sets what is given and missing, and says what it set", () => {
  process.env.AWS_DEFAULT_REGION = "us-west-2";
  const set = environment({
    region: "eu-west-1",
    name: "orders",
    memoryMb: 512,
    variables: { TABLE: "Orders", X: undefined },
  });
  expect(set).toEqual({
    AWS_REGION: "eu-west-1",
    AWS_LAMBDA_FUNCTION_NAME: "orders",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "512",
    TABLE: "Orders",
  });
  for (const [name, value] of Object.entries(set)) expect(process.env[name]).toBe(value);
  expect(process.env.AWS_DEFAULT_REGION).toBe("us-west-2");
  expect(process.env).not.toHaveProperty("X");
  expect(environment({ region: "us-east-1" })).toEqual({});
});

test("every option has its variable", () => {
  const set = environment({
    version: "7",
    logGroup: "g",
    logStream: "s",
    initializationType: "on-demand",
    taskRoot: "/var/task",
    handler: "index.handler",
  });
  expect(set).toEqual({
    AWS_LAMBDA_FUNCTION_VERSION: "7",
    AWS_LAMBDA_LOG_GROUP_NAME: "g",
    AWS_LAMBDA_LOG_STREAM_NAME: "s",
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    LAMBDA_TASK_ROOT: "/var/task",
    _HANDLER: "index.handler",
  });
});

test("credentials and what belongs to the runtime are never set", () => {
  const all = { region: "eu-west-1", name: "f", version: "1", memoryMb: 1, awslambda: false };
  for (const name of Object.keys(environment(all)))
    expect(name).not.toMatch(/KEY|TOKEN|RUNTIME|XRAY|TRACE|EXECUTION_ENV/);
});
