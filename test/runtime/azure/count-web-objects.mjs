// Prints how many web-standard objects one JSON request costs: with a handler written for Azure, and with a portable one.
import Module from "node:module";

const counts = {};
for (const name of ["Request", "Response", "Headers", "FormData", "Blob", "ReadableStream"]) {
  globalThis[name] = new Proxy(globalThis[name], {
    construct(target, args, newTarget) {
      counts[name] = (counts[name] ?? 0) + 1;
      return Reflect.construct(target, args, newTarget);
    },
  });
}

const functions = new Map();
let model;
const core = {
  version: "3.9.1",
  hostVersion: "4.1036.0",
  registerFunction: (metadata, callback) => functions.set(metadata.name, { metadata, callback }),
  setProgrammingModel: (given) => {
    model = given;
  },
  registerHook: () => ({ dispose() {} }),
  log() {},
};
const { require: original } = Module.prototype;
Module.prototype.require = function (id) {
  return id === "@azure/functions-core" ? core : original.call(this, id);
};

const { app } = await import("@azure/functions");
const azure = await import("@portico/azure");
const { http, reply } = await import("@portico/core");

app.http("bare", {
  methods: ["POST"],
  route: "orders",
  handler: async (request) => ({
    status: 201,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(await request.json()),
  }),
});
azure.http(
  "portable",
  http.post("/orders").handle(async (request, { log }) => {
    log.info("order", { path: request.path, type: request.headers.get("content-type"), query: [...request.query] });
    return reply.json(await request.json(), { status: 201, cookies: { a: "1", b: "2" } });
  }),
);

async function run(name) {
  for (const key of Object.keys(counts)) delete counts[key];
  const { metadata, callback } = functions.get(name);
  const [trigger] = Object.keys(metadata.bindings);
  const http = {
    method: "POST",
    url: "https://x.example/api/orders?a=1",
    headers: { "content-type": "application/json" },
    body: { bytes: Buffer.from('{"a":1}') },
  };
  const request = { inputData: [{ name: trigger, data: { http } }] };
  const invocation = model.getInvocationModel({ invocationId: "1", metadata, request, log() {} });
  const { context, inputs } = await invocation.getArguments();
  const { returnValue } = await invocation.getResponse(
    context,
    await invocation.invokeFunction(context, inputs, callback),
  );
  return { status: returnValue.http.statusCode, counts: { ...counts } };
}

console.log(JSON.stringify({ bare: await run("bare"), portable: await run("portable") }));
