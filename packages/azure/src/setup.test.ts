import { createServer, type ServerResponse, request as send } from "node:http";
import { type HttpRequest, InvocationContext } from "@azure/functions";
import { http as portable, reply } from "@portico/core";
import { beforeEach, expect, test, vi } from "vitest";
import { worker } from "../test/worker.js";
import { connectionOf } from "./connection.js";
import { type AzureHttpOptions, http } from "./http.js";
import { isStreaming, setup } from "./setup.js";

const logged = vi.spyOn(console, "error");
beforeEach(() => void logged.mockClear().mockImplementation(() => undefined));

let count = 0;

function deploy(fn: Parameters<typeof http>[1], options?: AzureHttpOptions) {
  count += 1;
  const handler = http(`f${count}`, fn, options);
  const id = `invocation-${count}`;
  return (init: Partial<HttpRequest> = {}) => {
    const request = { method: "GET", url: "https://x.example/api/x", headers: new Headers(), body: null, ...init };
    return handler(request as HttpRequest, new InvocationContext({ invocationId: id, functionName: "x" }));
  };
}

async function read(body: unknown): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of body as AsyncIterable<Uint8Array>) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

async function* chunks(...parts: string[]) {
  for (const part of parts) {
    if (part === "!") throw new Error("the source broke");
    yield part;
  }
}

test("the app streams once it is set up to, and several calls merge", () => {
  expect(isStreaming()).toBe(false);
  setup({ capabilities: { IncludeEmptyEntriesInMessagePayload: true } });
  expect(isStreaming()).toBe(false);
  setup({ enableHttpStream: true });
  setup({ capabilities: { Other: "1" } });
  expect(isStreaming()).toBe(true);
  const told = worker.logs.map(({ message }) => message);
  expect(told).toContain("Capability Other set to 1.");
  expect(told).toContain("HTTP streaming enabled.");
});

test("a stream is passed on chunk by chunk", async () => {
  const { status, body } = await deploy(portable.get("/x").handle(() => reply.stream(chunks("a", "b"))))();
  expect(status).toBe(200);
  expect(await read(body)).toBe("ab");
});

test("an empty stream is an empty body", async () => {
  const { body } = await deploy(portable.get("/x").handle(() => reply.stream(chunks())))();
  expect(await read(body)).toBe("");
});

test("a stream that fails before its first chunk is still a 500", async () => {
  const answer = await deploy(portable.get("/x").handle(() => reply.stream(chunks("!"))))();
  expect(answer).toMatchObject({ status: 500, headers: { "content-type": "application/problem+json" } });
});

test("a stream that brings nothing is given up at the deadline", async () => {
  const silent = async function* () {
    await new Promise(() => undefined);
    yield "";
  };
  const fn = portable.get("/x").handle(() => reply.stream(silent()));
  expect(await deploy(fn, { timeoutMs: 100 })()).toMatchObject({ status: 504 });
});

test("a stream keeps its deadline after its first chunk", async () => {
  const stuck = async function* () {
    yield "a";
    await new Promise(() => undefined);
  };
  const { body } = await deploy(
    portable.get("/x").handle(() => reply.stream(stuck())),
    { timeoutMs: 200 },
  )();
  expect(await read(body)).toBe("a");
  expect(logged.mock.calls.map(([line]) => JSON.parse(String(line)).message)).toEqual([
    "the stream was ended at the deadline",
    "the reply's stream failed",
  ]);
});

test("a stream that fails midway ends, and is logged beside the invocation that is over", async () => {
  const { body } = await deploy(portable.get("/x").handle(() => reply.stream(chunks("a", "!"))))();
  expect(await read(body)).toBe("a");
  expect(JSON.parse(String(logged.mock.calls[0]?.[0]))).toMatchObject({
    message: "the reply's stream failed",
    error: { message: "the source broke" },
  });
});

test("a request body is read while it arrives", async () => {
  const fn = portable.post("/x").handle(async (request) => {
    const lengths: number[] = [];
    for await (const chunk of request.body ?? []) lengths.push(chunk.byteLength);
    return reply.json(lengths);
  });
  const sent = new Blob(["abc"]).stream() as HttpRequest["body"];
  expect(await deploy(fn)({ method: "POST", body: sent })).toMatchObject({ body: "[3]" });
});

test("what is left of a body over the limit is read on, so that the host's connection stays in order", async () => {
  let left = 5;
  const sent = new ReadableStream(
    {
      pull(controller) {
        left -= 1;
        controller.enqueue(new Uint8Array(10));
        if (left === 0) controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  const fn = portable.post("/x").handle(async (request) => reply.bytes(await request.bytes()));
  const body = sent as HttpRequest["body"];
  expect(await deploy(fn, { bodyLimit: 15 })({ method: "POST", body })).toMatchObject({ status: 413 });
  await new Promise((resolve) => setTimeout(resolve, 10));
  expect(left).toBe(0);
});

test("a body of no length is none", async () => {
  const fn = portable.post("/x").handle((request) => reply.json(request.body === null));
  const headers = new Headers({ "content-length": "0" });
  const body = new Blob([]).stream() as HttpRequest["body"];
  expect(await deploy(fn)({ method: "POST", headers, body })).toMatchObject({ body: "true" });
});

test("several cookies leave as objects alone, because the header would be overwritten", async () => {
  const fn = portable.get("/x").handle(() => reply.empty({ headers: { "set-cookie": ["a=1; Partitioned", "b=2"] } }));
  const { headers, cookies } = await deploy(fn)();
  expect(headers).toEqual({});
  expect(cookies?.map(({ name }) => name)).toEqual(["a", "b"]);
});

/** Runs `use` with the connection of a request that carries an invocation's id, as the host's do. */
async function connected(
  id: string,
  use: (connection: ServerResponse, leave: () => void) => Promise<void>,
): Promise<void> {
  let arrived: (response: ServerResponse) => void = () => undefined;
  const connection = new Promise<ServerResponse>((resolve) => {
    arrived = resolve;
  });
  const server = createServer((_request, response) => arrived(response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  const client = send({ port, host: "127.0.0.1", headers: { "x-ms-invocation-id": id } });
  // A listener that reads nothing: without one, Node would throw the reply away as it comes.
  client.on("response", () => undefined);
  client.on("error", () => undefined).end();
  try {
    await use(await connection, () => client.destroy());
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

test("connections of streamed invocations are known while they are open", async () => {
  await connected("some-id", async (connection, leave) => {
    expect(connectionOf("some-id")).toBe(connection);
    expect(connectionOf("other-id")).toBeUndefined();
    leave();
    await new Promise((resolve) => connection.once("close", resolve));
    expect(connectionOf("some-id")).toBeUndefined();
  });
});

test("a client that leaves aborts the handler's signal", async () => {
  const reasons: unknown[] = [];
  const fn = portable.get("/x").handle(
    (_request, { signal }) =>
      new Promise((resolve) => {
        signal.addEventListener("abort", () => {
          reasons.push(signal.reason.code);
          resolve(reply.empty());
        });
      }),
  );
  const call = deploy(fn);
  await connected(`invocation-${count}`, async (_connection, leave) => {
    const answer = call();
    leave();
    await answer;
  });
  expect(reasons).toEqual(["CANCELLED"]);
});

test("a client that leaves ends the stream, also one that ignores the signal", async () => {
  const endless = async function* () {
    yield "a";
    await new Promise(() => undefined);
  };
  const call = deploy(portable.get("/x").handle(() => reply.stream(endless())));
  await connected(`invocation-${count}`, async (_connection, leave) => {
    const { body } = await call();
    setTimeout(leave, 20);
    expect(await read(body)).toBe("a");
  });
});

test("a stream that fails midway breaks the connection, so that the client does not take it for whole", async () => {
  const call = deploy(portable.get("/x").handle(() => reply.stream(chunks("a", "!"))));
  await connected(`invocation-${count}`, async (connection) => {
    const { body } = await call();
    expect(await read(body)).toBe("a");
    expect(connection.destroyed).toBe(true);
  });
});

test("a stream pauses while the connection is full", async () => {
  let made = 0;
  const many = async function* () {
    for (; made < 1000; made += 1) yield new Uint8Array(256 * 1024);
  };
  const call = deploy(portable.get("/x").handle(() => reply.stream(many())));
  await connected(`invocation-${count}`, async (connection, leave) => {
    const { body } = await call();
    const writing = (async () => {
      // As Azure's library does it: without a look at what `write` says.
      for await (const chunk of body as AsyncIterable<Uint8Array>) connection.write(chunk);
    })();
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThan(200);
    leave();
    await writing;
  });
});
