// An HTTP API and a REST API: the same app by everybody.
import assert from "node:assert/strict";
import { LambdaContext, payloadV1, payloadV2 } from "../work/lambda.mjs";
import { requests } from "../work/orders.mjs";
import { builds, isPortico } from "../work/portico.mjs";

const everybody =
  "by-hand middy hono h3 powertools fastify serverless-http-koa serverless-http-express codegenie-express serverless-adapter-express";

function figure(name, title, { variant = "orders", payload = "2.0", request = "post", peers }) {
  return {
    file: "lambda-http",
    name,
    title,
    unit: "us",
    names: ["bare", ...builds, ...peers.split(" ")],
    enter: (contestant) => enter(contestant, variant, payload, requests[request]),
  };
}

export const figures = [
  figure("lambda-v2-post", "Lambda, POST with JSON in and out, three routes, payload 2.0", {
    peers: `${everybody} native-fetch`,
  }),
  figure("lambda-v2-get", "Lambda, GET, three routes, payload 2.0", {
    request: "get",
    peers: `${everybody} native-fetch`,
  }),
  figure("lambda-v1-post", "Lambda, POST, three routes, payload 1.0", { payload: "1.0", peers: everybody }),
  figure("lambda-v1-get", "Lambda, GET, three routes, payload 1.0", {
    payload: "1.0",
    request: "get",
    peers: everybody,
  }),
  figure("lambda-layers", "Lambda, the POST with errors, request id, CORS and auth", {
    variant: "layered",
    peers: "middy hono powertools",
  }),
  figure("lambda-response", "Lambda, the POST, the handler returns a web-standard Response", {
    variant: "native",
    peers: "by-hand hono h3 native-fetch",
  }),
];

async function enter(name, variant, payload, request) {
  const file = await import(`../contestants/lambda/${isPortico(name) ? "portico" : name}.mjs`);
  const contestant = isPortico(name) ? await file.load(name) : file;
  const call = (contestant[variant] ?? contestant.orders)(payload);
  const text = payload === "2.0" ? payloadV2(request) : payloadV1(request);
  const fresh = () => [JSON.parse(text), new LambdaContext()];
  const { statusCode, body, headers, isBase64Encoded } = await call(...fresh());
  assert.equal(statusCode, request.status);
  assert.deepEqual(JSON.parse(isBase64Encoded ? Buffer.from(body, "base64") : body), request.reply);
  if (variant === "layered") {
    const fields = Object.fromEntries(Object.entries(headers).map(([field, value]) => [field.toLowerCase(), value]));
    assert.equal(fields["access-control-allow-origin"], "https://shop.example.com");
    assert.ok(fields["x-request-id"]);
  }
  return { call, fresh };
}
