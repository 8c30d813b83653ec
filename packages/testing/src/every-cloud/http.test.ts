import { HandlerError, http, reply } from "@portico/core";
import { describe, expect, test } from "vitest";
import { fake } from "../fake.js";
import { cookies, header, json, text } from "../reply.js";
import { onEveryCloud } from "./index.js";

const createOrder = http.post("/tenants/:tenant/orders").handle(async (request, { log }) => {
  log.info("order received", { tenant: request.params.tenant });
  const order = { tenant: request.params.tenant, ...((await request.json()) as object) };
  return reply.json(order, { status: 201, headers: { "x-tag": "a" }, cookies: { session: "s" } });
});

describe("an HTTP function on every cloud", () => {
  test("gives every client the same reply", async () => {
    const request = fake.http({ method: "POST", path: "/tenants/acme/orders", json: { sku: "ä" } });
    const { aws, azure, gcp, differences } = await onEveryCloud(createOrder).send(request);
    for (const { reply: got, logs, received, error } of [aws, azure, gcp]) {
      expect(got.status).toBe(201);
      expect(await json(got)).toEqual({ tenant: "acme", sku: "ä" });
      expect(header(got, "x-tag")).toBe("a");
      expect(cookies(got).session?.value).toBe("s");
      expect(logs).toContainEqual({ level: "info", message: "order received", fields: { tenant: "acme" } });
      expect(received?.path).toBe("/tenants/acme/orders");
      expect(error).toBeUndefined();
    }
    expect(differences).toEqual([]);
    expect(aws.nativeEvent).toMatchObject({ version: "2.0", rawPath: "/tenants/acme/orders" });
    expect(aws.nativeResult).toMatchObject({ statusCode: 201 });
    expect(azure.nativeEvent).toMatchObject({ method: "POST", url: "https://example.test/api/tenants/acme/orders" });
    expect(gcp.nativeEvent).toMatchObject({ method: "POST", path: "/tenants/acme/orders" });
  });

  test("is reached by the parameters of a unit test's request", async () => {
    const request = fake.http({ params: { tenant: "ä b" }, query: "x=1", json: {} });
    const { aws, azure, gcp } = await onEveryCloud(createOrder).send(request);
    for (const { received, reply: got } of [aws, azure, gcp]) {
      expect(got.status).toBe(201);
      expect(received).toMatchObject({ path: "/tenants/%C3%A4%20b/orders", params: { tenant: "ä b" } });
    }
  });

  test("answers its own errors the same, and the log has the reason", async () => {
    const fails = http.get("/").handle(() => {
      throw new Error("secret");
    });
    const { aws, azure, gcp, differences } = await onEveryCloud(fails).send(fake.http());
    for (const { reply: got, logs } of [aws, azure, gcp]) {
      expect(got.status).toBe(500);
      expect(await text(got)).not.toContain("secret");
      expect(logs).toMatchObject([{ level: "error", fields: { error: { message: "secret" } } }]);
    }
    expect(differences).toEqual([]);
    const gone = http.get("/").handle(() => {
      throw new HandlerError("GONE", "It is gone.");
    });
    expect((await onEveryCloud(gone).send(fake.http())).differences).toEqual([]);
  });

  test("carries bytes and streams both ways", async () => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const echo = http.post("/echo").handle(async (request) => reply.bytes(await request.bytes()));
    const chunks = http.get("/chunks").handle(() => reply.stream(from("a", "b")));
    const echoed = await onEveryCloud(echo).send(fake.http({ path: "/echo", body: inParts(bytes) }));
    for (const cloud of [echoed.aws, echoed.azure, echoed.gcp]) expect(cloud.reply.body).toEqual(bytes);
    expect(echoed.differences).toEqual([]);
    const streamed = await onEveryCloud(chunks).send(fake.http({ path: "/chunks" }));
    for (const cloud of [streamed.aws, streamed.azure, streamed.gcp]) expect(await text(cloud.reply)).toBe("ab");
  });

  test("differs where a cloud cannot do what the others do, and says so", async () => {
    const tells = http.get("/").handle((_request, { platform }) => {
      return reply.text(platform, {
        status: platform === "gcp" ? 202 : 200,
        headers: platform === "aws" ? { "x-a": "1" } : {},
      });
    });
    const { differences } = await onEveryCloud(tells).send(fake.http());
    expect(differences).toEqual([
      "the status is 200 on aws and azure, 202 on gcp",
      'the header x-a is "1" on aws, absent on azure and gcp',
      'the body is "aws" on aws, "azure" on azure, "gcp" on gcp',
    ]);
  });

  test("tells which cloud cannot carry the request", async () => {
    const any = http.any("/*rest").handle(() => reply.text("here"));
    const { aws, azure, gcp, differences } = await onEveryCloud(any).send(fake.http({ path: "/a%2Fb" }));
    expect(aws.reply).toMatchObject({ status: 0, error: { code: "EVENT_UNENCODABLE" } });
    expect(aws).toMatchObject({ nativeEvent: undefined, received: undefined });
    expect([azure.reply.status, gcp.reply.status]).toEqual([200, 200]);
    expect(differences).toEqual([expect.stringMatching(/^aws cannot carry the event: /)]);
  });

  test("takes the options of each cloud", async () => {
    const seen = http.get("/orders").handle(({ basePath }) => reply.text(basePath));
    const { aws, azure } = await onEveryCloud(seen, {
      aws: { format: "rest", basePath: "/v1" },
      azure: { routePrefix: "rest" },
    }).send(fake.http({ path: "/orders" }));
    expect(aws.nativeEvent).toMatchObject({ path: "/v1/orders" });
    expect(await text(aws.reply)).toBe("/v1");
    expect(await text(azure.reply)).toBe("/rest");
  });
});

async function* from(...parts: string[]) {
  yield* parts;
}

async function* inParts(bytes: Uint8Array) {
  yield bytes.subarray(0, 100);
  yield bytes.subarray(100);
}
