import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { http as deploy, type HttpEvent, type LambdaContext } from "@portico/aws/http";
import { type HttpRequest, http, reply } from "@portico/core";
import { describe, expect, test } from "vitest";

const corpus = process.env.PORTICO_CORPUS ?? fileURLToPath(new URL("../../../shared/corpus", import.meta.url));
const root = join(corpus, "aws");

interface Entry {
  readonly file: string;
  readonly kind: string;
  readonly role: "request" | "response";
}

/** Any event of the corpus that is HTTP, as far as the rules below read it. */
interface Raw {
  readonly version?: string;
  readonly httpMethod?: string;
  readonly path?: string;
  readonly rawPath?: string;
  readonly rawQueryString?: string;
  readonly cookies?: string[];
  readonly headers?: Record<string, string> | null;
  readonly multiValueHeaders?: Record<string, string[]> | null;
  readonly queryStringParameters?: Record<string, string> | null;
  readonly multiValueQueryStringParameters?: Record<string, string[]> | null;
  readonly body?: string | null;
  readonly isBase64Encoded?: boolean;
  readonly requestContext: {
    readonly requestId?: string;
    readonly http?: { readonly method: string; readonly sourceIp: string };
    readonly identity?: { readonly sourceIp: string };
    readonly timeEpoch?: number;
    readonly requestTimeEpoch?: number;
  };
}

const lambda: LambdaContext = {
  awsRequestId: "invocation",
  functionName: "corpus",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:corpus",
  memoryLimitInMB: "128",
  logGroupName: "group",
  logStreamName: "stream",
  getRemainingTimeInMillis: () => 10_000,
};

async function read(event: unknown): Promise<HttpRequest> {
  let seen: HttpRequest | undefined;
  const fn = http.any("/*path").handle((request) => {
    seen = request;
    return reply.empty();
  });
  const result = await deploy(fn)(event as HttpEvent, lambda);
  if (!seen) throw new Error(`the handler was not called: ${JSON.stringify(result)}`);
  return seen;
}

const load = (file: string): unknown => JSON.parse(readFileSync(join(root, file), "utf8"));

if (!existsSync(root)) test.skip(`no corpus at ${root}: set PORTICO_CORPUS to read Lambda's events`, () => undefined);
else {
  const entries = load("index.json") as Entry[];
  const isHttp = ({ kind, role }: Entry) => role === "request" && /^(apigw-v[12]|furl|alb-(single|multi))$/.test(kind);

  describe("every HTTP event reads as what was sent", () => {
    test.each(entries.filter(isHttp))("$file ($kind)", async ({ file, kind }) => {
      const raw = load(file) as Raw;
      const request = await read(load(file));
      const { requestContext: context } = raw;
      expect(request.method).toBe(context.http?.method ?? raw.httpMethod);
      expect(request.path).toBe(raw.rawPath ?? raw.path);
      const query = expectedQuery(raw);
      expect([...request.query]).toEqual(query);
      expect(new URL(request.url).pathname).toBe(request.path);
      expect([...new URL(request.url).searchParams]).toEqual(query);
      const headers = expectedHeaders(raw);
      expect([...request.headers].map(([name]) => name)).toEqual([...headers.keys()].sort());
      for (const [name, lines] of headers) {
        expect(request.headers.getAll(name)).toEqual(lines);
        expect(request.headers.get(name.toUpperCase())).toBe(lines.join(name === "cookie" ? "; " : ", "));
      }
      const cookies = (raw.cookies ?? []).filter((cookie) => cookie.includes("=")).map((cookie) => cookie.split("="));
      expect({ ...request.cookies }).toEqual(Object.fromEntries(cookies));
      const body = Buffer.from(raw.body ?? "", raw.isBase64Encoded ? "base64" : "utf8");
      expect(Buffer.from(await request.bytes())).toEqual(body);
      expect(request.id).toBe(context.requestId ?? "invocation");
      const time = context.timeEpoch ?? context.requestTimeEpoch;
      if (time !== undefined) expect(request.time.getTime()).toBe(time);
      const ip = context.http?.sourceIp ?? context.identity?.sourceIp ?? headers.get("x-forwarded-for")?.[0];
      expect(request.clientIp).toBe(ip);
      expect(kind.startsWith("alb") ? request.source : "").toMatch(/^$|targetgroup/);
    });
  });

  test("some of them, in full", async () => {
    expect(await read(load("aws-lambda-go/apigw-request.json"))).toMatchObject({
      method: "POST",
      path: "/hello/world",
      url: "https://gy415nuibc.execute-api.us-east-1.amazonaws.com/hello/world?name=me",
      clientIp: "192.168.196.186",
      identity: { provider: "lambda", id: "admin", claims: { clientId: 1, clientName: "Exata" } },
    });
    const functionUrl = await read(load("aws-lambda-go/lambda-urls-request.json"));
    expect(functionUrl).toMatchObject({ method: "POST", path: "/my/path", clientIp: "123.123.123.123" });
    expect(functionUrl.identity).toMatchObject({ provider: "iam", id: "arn:aws:iam::111122223333:user/example-user" });
    expect(functionUrl.query.getAll("parameter1")).toEqual(["value1", "value2"]);
    expect(functionUrl.headers.list("header2")).toEqual(["value1", "value2"]);
    expect(await functionUrl.text()).toBe("Hello from client!");
    const iam = await read(load("aws-lambda-go/apigw-v2-request-iam.json"));
    expect(iam.identity).toMatchObject({ provider: "iam", id: "arn:aws:iam::1234567890:user/Admin" });
    expect((await read(load("aws-lambda-go/apigw-v2-request-lambda-authorizer.json"))).identity).toMatchObject({
      provider: "lambda",
      claims: { key: "value" },
    });
    expect((await read(load("aws-lambda-go/apigw-v2-request-no-authorizer.json"))).identity).toMatchObject({
      provider: "mtls",
    });
    // The top level counts: the context of this file says POST.
    expect((await read(load("serverless-express/example-apigw-v1-root-get.json"))).method).toBe("GET");
    expect(await (await read(load("serverless-express/jest-apigw-v1-put-base64.json"))).json()).toEqual({
      name: "Patrick",
    });
    const multi = await read(load("serverless-express/jest-apigw-v2-get-multi-query.json"));
    expect(multi.query.getAll("arr")).toEqual(["a", "b", "hello world~"]);
    expect((await read(load("serverless-express/utils-sam-http-api.json"))).url).toBe("http://localhost:9000/");
  });

  describe("every event that is not HTTP is refused by name", () => {
    test.each(entries.filter((entry) => !isHttp(entry)))("$file ($kind)", async ({ file, kind, role }) => {
      const refusal = deploy(http.any("/*path").handle(() => reply.empty()))(load(file) as HttpEvent, lambda);
      await expect(refusal).rejects.toMatchObject({
        name: "HandlerError",
        code: "EVENT_UNSUPPORTED",
        message: expect.stringMatching(named(kind, role)),
      });
    });
  });
}

function expectedQuery(raw: Raw): [string, string][] {
  if (raw.rawQueryString !== undefined) return [...new URLSearchParams(raw.rawQueryString)];
  const multi = raw.multiValueQueryStringParameters;
  if (multi)
    return Object.entries(multi).flatMap(([name, values]) => values.map((value): [string, string] => [name, value]));
  return Object.entries(raw.queryStringParameters ?? {});
}

function expectedHeaders({ headers, multiValueHeaders, cookies }: Raw): Map<string, string[]> {
  const all = new Map<string, string[]>();
  for (const [name, value] of Object.entries(multiValueHeaders ?? headers ?? {})) {
    const lines = [value].flat();
    if (lines.length > 0) all.set(name.toLowerCase(), lines);
  }
  if (cookies && cookies.length > 0) all.set("cookie", [cookies.join("; ")]);
  return all;
}

/** What each kind of the corpus's index is called; results and the parts of events tell nothing but their keys. */
const names: Record<string, string> = {
  appsync: "(appsync-authorizer|unknown \\(.+\\))",
  "clientvpn-connectionhandler-request": "client-vpn",
  "code-commit-event": "codecommit",
  "codepipeline-job-event": "codepipeline",
  "cognito-userpool": "cognito",
  "config-event": "config",
  "connect-event": "connect",
  "dynamodb-window": "dynamodb",
  "eventbridge-scheduled": "schedule",
  iot: "iot-.+",
  "kafka-self-managed": "SelfManagedKafka",
  "kinesis-window": "kinesis",
  "lambda-edge": "lambda@edge",
  "lex-event": "lex",
  "mq-activemq": "mq",
  "mq-rabbitmq": "rmq",
  msk: "kafka",
  "secretsmanager-secret-rotation-event": "secretsmanager",
  "sqs-standard": "sqs",
};

function named(kind: string, role: Entry["role"]): RegExp {
  const name =
    role === "response"
      ? "unknown \\(.+\\)"
      : kind.startsWith("ws-")
        ? "websocket"
        : kind.startsWith("apigw-authorizer")
          ? "authorizer"
          : (names[kind] ?? kind);
  return new RegExp(`: ${name}\\.$`);
}
