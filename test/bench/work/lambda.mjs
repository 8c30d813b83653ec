// Events as API Gateway sends them, and the context of Lambda's runtime.

const headers = {
  accept: "application/json",
  "accept-encoding": "gzip, deflate, br",
  authorization: "Bearer token-1",
  "cache-control": "no-cache",
  "content-type": "application/json",
  host: "api.example.com",
  origin: "https://shop.example.com",
  referer: "https://shop.example.com/basket",
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
  "x-amzn-trace-id": "Root=1-68f0a1b2-0123456789abcdef01234567",
  "x-forwarded-for": "203.0.113.7",
  "x-forwarded-port": "443",
  "x-forwarded-proto": "https",
};

/** An HTTP API's event, payload format 2.0, as JSON. */
export function payloadV2({ method, path, body }) {
  return JSON.stringify({
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: "",
    headers: withLength(body),
    requestContext: {
      accountId: "123456789012",
      apiId: "a1b2c3d4e5",
      domainName: "api.example.com",
      domainPrefix: "api",
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "203.0.113.7", userAgent: headers["user-agent"] },
      requestId: "JKJaXmPLvHcESHA=",
      routeKey: "$default",
      stage: "$default",
      time: "12/Mar/2026:19:03:58 +0000",
      timeEpoch: 1773342238000,
    },
    ...(body !== undefined && { body }),
    isBase64Encoded: false,
  });
}

/** A REST API's event, as JSON. */
export function payloadV1({ method, path, body }) {
  const sent = withLength(body);
  return JSON.stringify({
    resource: "/{proxy+}",
    path,
    httpMethod: method,
    headers: sent,
    multiValueHeaders: Object.fromEntries(Object.entries(sent).map(([name, value]) => [name, [value]])),
    queryStringParameters: null,
    multiValueQueryStringParameters: null,
    pathParameters: { proxy: path.slice(1) },
    stageVariables: null,
    requestContext: {
      accountId: "123456789012",
      apiId: "a1b2c3d4e5",
      domainName: "api.example.com",
      domainPrefix: "api",
      extendedRequestId: "JKJaXmPLvHcESHA=",
      httpMethod: method,
      identity: { sourceIp: "203.0.113.7", userAgent: headers["user-agent"] },
      path,
      protocol: "HTTP/1.1",
      requestId: "c6af9ac6-7b61-11e6-9a41-93e8deadbeef",
      requestTime: "12/Mar/2026:19:03:58 +0000",
      requestTimeEpoch: 1773342238000,
      resourceId: "0ab1cd",
      resourcePath: "/{proxy+}",
      stage: "prod",
    },
    body: body ?? null,
    isBase64Encoded: false,
  });
}

function withLength(body) {
  return body === undefined ? headers : { ...headers, "content-length": String(Buffer.byteLength(body)) };
}

/** What the runtime hands over beside the event: one per invocation, with 30 seconds to go. */
export class LambdaContext {
  awsRequestId = "8f507cfc-xmpl-4697-b07a-ac58fc914c95";
  functionName = "orders";
  functionVersion = "$LATEST";
  invokedFunctionArn = "arn:aws:lambda:eu-west-1:123456789012:function:orders";
  memoryLimitInMB = "512";
  logGroupName = "/aws/lambda/orders";
  logStreamName = "2026/03/12/[$LATEST]abcdef";
  callbackWaitsForEmptyEventLoop = true;
  #deadline = Date.now() + 30_000;
  getRemainingTimeInMillis = () => this.#deadline - Date.now();
}
