import { type Context, type HttpReply, type HttpRequest, http as portable, reply } from "@portico/core";
import type {
  ALBEvent,
  APIGatewayEventRequestContextV2,
  APIGatewayProxyEvent,
  APIGatewayProxyEventV2,
  APIGatewayProxyEventV2WithRequestContext,
} from "aws-lambda";
import type { LambdaContext } from "../src/context.js";
import type { HttpEvent, LatticeEvent } from "../src/http/event.js";
import { type HttpOptions, http } from "../src/http.js";

/** An event of payload format 2.0, as an HTTP API sends it. */
export function payloadV2(
  over: Partial<APIGatewayProxyEventV2> = {},
  context: Partial<APIGatewayEventRequestContextV2> & Record<string, unknown> = {},
): APIGatewayProxyEventV2WithRequestContext<APIGatewayEventRequestContextV2> {
  const { method = "GET", ...http } = (context.http ?? {}) as Partial<APIGatewayEventRequestContextV2["http"]>;
  return {
    version: "2.0",
    routeKey: "$default",
    rawPath: "/",
    rawQueryString: "",
    headers: { accept: "*/*", host: "abc.execute-api.eu-west-1.amazonaws.com", "x-forwarded-proto": "https" },
    requestContext: {
      accountId: "123456789012",
      apiId: "abc",
      domainName: "abc.execute-api.eu-west-1.amazonaws.com",
      domainPrefix: "abc",
      requestId: "request-1",
      routeKey: "$default",
      stage: "$default",
      time: "12/Mar/2020:19:03:58 +0000",
      timeEpoch: 1583348638390,
      ...context,
      http: { method, path: "/", protocol: "HTTP/1.1", sourceIp: "203.0.113.7", userAgent: "agent", ...http },
    },
    isBase64Encoded: false,
    ...over,
  };
}

/** A function URL's event. */
export function functionUrl(over: Partial<APIGatewayProxyEventV2> = {}, context: Record<string, unknown> = {}) {
  return payloadV2(over, {
    domainName: "xyz.lambda-url.eu-west-1.on.aws",
    domainPrefix: "xyz",
    apiId: "xyz",
    ...context,
  });
}

/** A REST API's event; `headers` and `query` fill both maps. */
export function rest(
  over: Partial<APIGatewayProxyEvent> & { version?: string } = {},
  context: Record<string, unknown> = {},
): APIGatewayProxyEvent {
  const event: APIGatewayProxyEvent = {
    resource: "/{proxy+}",
    path: "/",
    httpMethod: "GET",
    headers: { Accept: "*/*", Host: "abc.execute-api.eu-west-1.amazonaws.com", "X-Forwarded-Proto": "https" },
    multiValueHeaders: {
      Accept: ["*/*"],
      Host: ["abc.execute-api.eu-west-1.amazonaws.com"],
      "X-Forwarded-Proto": ["https"],
    },
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: null,
    stageVariables: null,
    requestContext: {
      accountId: "123456789012",
      apiId: "abc",
      authorizer: undefined,
      domainName: "abc.execute-api.eu-west-1.amazonaws.com",
      httpMethod: "GET",
      identity: { ...nobody, sourceIp: "203.0.113.7", userAgent: "agent" },
      path: "/prod/",
      protocol: "HTTP/1.1",
      requestId: "request-1",
      requestTimeEpoch: 1583348638390,
      resourceId: "r",
      resourcePath: "/{proxy+}",
      stage: "prod",
      ...context,
    },
    body: null,
    isBase64Encoded: false,
  };
  return { ...event, ...over };
}

const nobody = {
  accessKey: null,
  accountId: null,
  apiKey: null,
  apiKeyId: null,
  caller: null,
  clientCert: null,
  cognitoAuthenticationProvider: null,
  cognitoAuthenticationType: null,
  cognitoIdentityId: null,
  cognitoIdentityPoolId: null,
  principalOrgId: null,
  user: null,
  userArn: null,
};

/** A load balancer's event without multi-value headers. */
export function alb(over: Partial<ALBEvent> = {}): ALBEvent {
  return {
    requestContext: { elb: { targetGroupArn: "arn:aws:elasticloadbalancing:eu-west-1:123456789012:targetgroup/t/1" } },
    httpMethod: "GET",
    path: "/",
    queryStringParameters: {},
    headers: { host: "lb.eu-west-1.elb.amazonaws.com", "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "http" },
    body: "",
    isBase64Encoded: false,
    ...over,
  };
}

/** A load balancer's event with multi-value headers. */
export function albMulti(over: Partial<ALBEvent> = {}): ALBEvent {
  const { headers = {}, queryStringParameters: _query, ...event } = alb();
  const multiValueHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? ""]]));
  return { ...event, multiValueQueryStringParameters: {}, multiValueHeaders, ...over };
}

export function lattice(over: Partial<LatticeEvent> = {}): LatticeEvent {
  return {
    version: "2.0",
    path: "/",
    method: "GET",
    headers: { host: ["s.vpc-lattice-svcs.eu-west-1.on.aws"], accept: ["*/*"], "x-forwarded-for": ["10.0.0.7"] },
    requestContext: {
      serviceNetworkArn: "arn:aws:vpc-lattice:eu-west-1:123456789012:servicenetwork/sn-1",
      serviceArn: "arn:aws:vpc-lattice:eu-west-1:123456789012:service/svc-1",
      targetGroupArn: "arn:aws:vpc-lattice:eu-west-1:123456789012:targetgroup/tg-1",
      identity: { sourceVpcArn: "arn:aws:ec2:eu-west-1:123456789012:vpc/vpc-1", type: "NONE" },
      region: "eu-west-1",
      timeEpoch: "1696331543569073",
    },
    ...over,
  };
}

/** One event of each format, all of the same request. */
export const everyFormat: readonly (readonly [name: string, event: HttpEvent])[] = [
  ["REST API", rest()],
  ["HTTP API 1.0", rest({ version: "1.0" })],
  ["HTTP API 2.0", payloadV2()],
  ["function URL", functionUrl()],
  ["ALB", alb()],
  ["ALB with multi-value headers", albMulti()],
  ["VPC Lattice", lattice()],
];

export function lambdaContext(over: Partial<LambdaContext> = {}): LambdaContext {
  return {
    awsRequestId: "invocation-1",
    functionName: "orders",
    functionVersion: "$LATEST",
    invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:orders",
    memoryLimitInMB: "128",
    logGroupName: "/aws/lambda/orders",
    logStreamName: "stream",
    getRemainingTimeInMillis: () => 3000,
    ...over,
  };
}

/** The request and context that a handler sees for an event. */
export async function see(event: unknown, options: HttpOptions = {}, lambda: LambdaContext = lambdaContext()) {
  let seen: { request: HttpRequest; context: Context } | undefined;
  const fn = portable.any("/*path").handle((request, context) => {
    seen = { request, context };
    return reply.empty();
  });
  const result = await http(fn, options)(event as HttpEvent, lambda);
  if (!seen) throw new Error(`the handler was not called: ${JSON.stringify(result)}`);
  return { ...seen, result };
}

/** The request alone. */
export async function read(event: unknown, options: HttpOptions = {}): Promise<HttpRequest> {
  return (await see(event, options)).request;
}

/** What Lambda gets for a reply. */
export async function answer(
  event: unknown,
  response: HttpReply | (() => HttpReply | Promise<HttpReply>),
  options: HttpOptions = {},
) {
  const fn = portable.any("/*path").handle(async () => (typeof response === "function" ? response() : response));
  return http(fn, options)(event as HttpEvent, lambdaContext());
}

/** Runs `act`, and gives the lines that it wrote to standard output, parsed. */
export async function logged(act: () => unknown): Promise<Record<string, unknown>[]> {
  const lines: string[] = [];
  const write = process.stdout.write;
  process.stdout.write = ((line: string) => lines.push(line) > 0) as typeof write;
  try {
    await act();
  } finally {
    process.stdout.write = write;
  }
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}
