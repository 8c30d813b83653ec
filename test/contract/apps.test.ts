import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { apps } from "./apps/apps.js";
import { clouds } from "./apps/clouds.js";

const pairs = Object.keys(apps).flatMap((app) => Object.keys(clouds).map((cloud) => [app, cloud] as const));

// Web-standard requests have no socket.
const tellsClient = (app: string): boolean => app !== "Hono" && app !== "h3";

beforeAll(() => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
});
afterAll(() => vi.restoreAllMocks());

describe.each(pairs)("%s on %s, unchanged", (app, cloud) => {
  let send: ReturnType<(typeof clouds)[string]>;
  beforeAll(async () => {
    const fn = await apps[app]?.();
    send = (clouds[cloud] as (typeof clouds)[string])(fn as never, `app${pairs.findIndex((pair) => pair[0] === app)}`);
  });

  const text = async (request: Parameters<typeof send>[0]) => {
    const { status, headers, body } = await send(request);
    return { status, headers, text: Buffer.from(body).toString() };
  };

  test("reads the path, the query and who calls", async () => {
    const got = await text({ method: "GET", target: "/orders/7?size=xl" });
    const client = tellsClient(app) ? { ip: "203.0.113.7", secure: true } : {};
    expect([got.status, JSON.parse(got.text)]).toEqual([200, { id: "7", size: "xl", ...client }]);
  });

  test("takes JSON and answers with JSON", async () => {
    const body = JSON.stringify({ sku: "é", quantity: 2 });
    const got = await text({ method: "POST", target: "/orders", body, type: "application/json" });
    expect([got.status, JSON.parse(got.text)]).toEqual([201, { got: { sku: "é", quantity: 2 } }]);
    expect(new Map(got.headers).get("location")).toBe("/orders/1");
  });

  test("takes and gives bytes", async () => {
    const body = Uint8Array.from({ length: 256 }, (_, index) => index);
    const got = await send({ method: "POST", target: "/bytes", body, type: "application/octet-stream" });
    expect([got.status, got.body]).toEqual([200, body]);
  });

  test("sets two cookies", async () => {
    const { headers } = await send({ method: "GET", target: "/cookies" });
    // Koa sees that the caller's connection is a safe one.
    const lines = headers
      .filter(([name]) => name === "set-cookie")
      .map(([, value]) => value.toLowerCase().replace("; secure", ""));
    expect(lines).toEqual(["a=1; path=/", "b=2; path=/"]);
  });

  test("streams", async () => {
    expect(await text({ method: "GET", target: "/stream" })).toMatchObject({ status: 200, text: "one,two" });
  });

  test("answers HEAD without a body, and what it does not know with 404", async () => {
    expect((await text({ method: "HEAD", target: "/unknown" })).text).toBe("");
    expect((await text({ method: "GET", target: "/unknown" })).status).toBe(404);
  });

  test("fails without telling why", async () => {
    const got = await text({ method: "GET", target: "/boom" });
    expect(got.status).toBe(500);
    expect(got.text).not.toContain("secret");
  });
});
