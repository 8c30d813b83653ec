// Azure: the handler alone on the library's request; all of the library's conversion; and one message of Service Bus with it.
import assert from "node:assert/strict";
import { newOrder, place, placed } from "../work/orders.mjs";
import { builds } from "../work/portico.mjs";

const figure = (name, title, names, enter) => ({
  file: "azure",
  name,
  title,
  unit: "us",
  names: ["bare", ...builds, ...names],
  enter,
});

export const figures = [
  figure("azure-handler", "Azure, POST, the handler alone", ["hono-marplex", "h3"], enterHandler),
  figure(
    "azure-end-to-end",
    "Azure, POST, with the library's conversion both ways",
    ["hono-marplex", "h3"],
    enterEndToEnd,
  ),
  figure("azure-service-bus", "Azure, one Service Bus message, with the library's conversion", [], enterServiceBus),
];

const request = {
  method: "POST",
  url: "https://contoso.azurewebsites.net/api/orders",
  headers: {
    accept: "application/json",
    "accept-encoding": "gzip, deflate, br",
    "content-length": String(Buffer.byteLength(newOrder)),
    "content-type": "application/json",
    host: "contoso.azurewebsites.net",
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
    "x-forwarded-for": "203.0.113.7:51234",
    "x-forwarded-proto": "https",
  },
  params: { rest: "orders" },
  query: {},
};
const rpcRequest = JSON.stringify(request);
const body = Buffer.from(newOrder);

async function enterHandler(name) {
  const { registerHttp } = await import("../contestants/azure.mjs");
  const { handlerOf } = await import("../work/azure-worker.mjs");
  const { HttpRequest, InvocationContext } = (await import("@azure/functions")).default;
  await registerHttp(name);
  const call = handlerOf("orders");
  const fresh = () => [
    new HttpRequest({ ...JSON.parse(rpcRequest), body: { bytes: body } }),
    new InvocationContext({ functionName: "orders", invocationId: "1" }),
  ];
  const answer = await call(...fresh());
  assert.equal(answer.status, 201);
  assert.deepEqual(await new Response(answer.body).json(), placed);
  return { call, fresh };
}

async function enterEndToEnd(name) {
  const { registerHttp } = await import("../contestants/azure.mjs");
  const { invoke } = await import("../work/azure-worker.mjs");
  await registerHttp(name);
  const call = (http) => invoke("orders", { http });
  const fresh = () => [{ ...JSON.parse(rpcRequest), body: { bytes: body } }];
  const { returnValue } = await call(...fresh());
  assert.equal(returnValue.http.statusCode, "201");
  assert.deepEqual(JSON.parse(Buffer.from(returnValue.http.body.bytes)), placed);
  return { call, fresh };
}

async function enterServiceBus(name) {
  const { registerMessage } = await import("../contestants/azure.mjs");
  const { invoke } = await import("../work/azure-worker.mjs");
  let done = 0;
  await registerMessage(name, (order) => {
    if (place(order).total === placed.total) done += 1;
  });
  const metadata = JSON.stringify({
    MessageId: { string: "m-1" },
    DeliveryCount: { json: "1" },
    LockToken: { string: "3f1e4c3e-1f0a-4b61-9a3f-9d1f0a3b8f11" },
    SequenceNumber: { json: "42" },
    EnqueuedTimeUtc: { json: '"2026-03-12T19:03:58.123Z"' },
    ContentType: { string: "application/json" },
  });
  const call = (data, triggerMetadata) => invoke("fulfil", data, triggerMetadata);
  const fresh = () => [{ string: newOrder }, JSON.parse(metadata)];
  await call(...fresh());
  assert.equal(done, 1);
  return { call, fresh };
}
