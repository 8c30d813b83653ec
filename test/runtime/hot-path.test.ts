import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

// The first touch of Request, Response or Headers loads undici: over 20 ms of cold start. The Google adapter and the container are held to
// the same in their own runtimes (server-checks.ts), and Azure, whose library loads it, to no further object (azure.test.ts).
const lambda = `
  import { http } from "@portico/aws";
  import { http as declare, reply, validate } from "@portico/core";
  import { cors } from "@portico/middleware/cors";
  import { requestId } from "@portico/middleware/request-id";
  import { router } from "@portico/router";
  import { z } from "zod";

  const create = declare.post("/orders/:id").use(validate(z.object({ sku: z.string() }))).handle((request, { input, log, signal, trace }) => {
    log.info("received", { aborted: signal.aborted, trace: trace.traceId });
    const { id } = request.params;
    return reply.json({ id, ...input, page: request.query.get("page"), agent: request.headers.get("user-agent"), cookie: request.cookies.a });
  });
  const app = router([create], { use: [cors({ origin: "*" }), requestId()] });
  const event = {
    version: "2.0",
    rawPath: "/orders/7",
    rawQueryString: "page=2",
    cookies: ["a=1"],
    headers: { "content-type": "application/json", "user-agent": "test", host: "example.test", origin: "https://example.test" },
    requestContext: { http: { method: "POST", sourceIp: "192.0.2.1" }, domainName: "example.test", stage: "$default", requestId: "1", timeEpoch: 0 },
    body: '{"sku":"a"}',
    isBase64Encoded: false,
  };
  const context = { awsRequestId: "1", functionName: "f", invokedFunctionArn: "arn:aws:lambda:eu-west-1:1:function:f", getRemainingTimeInMillis: () => 3000 };
  const { statusCode, body } = await http(app)(event, context);
  const touched = process.moduleLoadList.filter((name) => /undici\\/undici/.test(name));
  console.log(JSON.stringify({ statusCode, body: JSON.parse(body), touched }));
  if (process.argv.includes("--touch")) console.log(typeof Response, JSON.stringify(process.moduleLoadList.filter((name) => /undici\\/undici/.test(name))));
`;

async function run(...args: string[]): Promise<string[]> {
  const node = process.env.PORTICO_NODE ?? process.execPath;
  const { stdout } = await promisify(execFile)(node, ["--input-type=module", "--eval", lambda, "--", ...args], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
  });
  return stdout.trim().split("\n");
}

test("a JSON request on Lambda, with its layers, loads no web-standard classes", async () => {
  const output = await run();
  expect(JSON.parse(output.at(-1) ?? "")).toEqual({
    statusCode: 200,
    body: { id: "7", sku: "a", page: "2", agent: "test", cookie: "1" },
    touched: [],
  });
});

test("the test would notice", async () => {
  expect((await run("--touch")).at(-1)).toContain("undici");
});
