import { http, reply } from "@portico/core";
import { describe, expect, test } from "vitest";
import { fake } from "./fake.js";
import { json } from "./reply.js";

describe("fake.http", () => {
  test("is a GET of the root when nothing is given", async () => {
    const request = fake.http();
    expect(request.method).toBe("GET");
    expect(request.url).toBe("https://example.test/");
    expect(request.path).toBe("/");
    expect(request.body).toBeNull();
    expect(await request.text()).toBe("");
    expect(request.clientIp).toBeUndefined();
    expect(request.identity).toBeUndefined();
  });

  test("gives the handler the parameters, the body and the defaults of a JSON request", async () => {
    const createOrder = http
      .post("/tenants/:tenant/orders")
      .handle(async (request) => reply.json({ tenant: request.params.tenant, order: await request.json() }));
    const request = fake.http({ params: { tenant: "acme" }, json: { sku: "ä" } });
    expect(request.method).toBe("POST");
    expect(request.headers.get("Content-Type")).toBe("application/json");
    expect(request.headers.get("content-length")).toBe("12");
    expect(await json(await createOrder(request))).toEqual({ tenant: "acme", order: { sku: "ä" } });
  });

  test("keeps a content type that is given beside json", () => {
    expect(
      fake.http({ json: {}, headers: { "Content-Type": "application/ld+json" } }).headers.get("content-type"),
    ).toBe("application/ld+json");
  });

  test("spells the path as production does, and leaves the query as it is", () => {
    const request = fake.http({ url: "http://orders.test:8080/caf%c3%A9/../a b?x=%20y", query: { tag: ["a", "b&c"] } });
    expect(request.path).toBe("/a%20b");
    expect(request.url).toBe("http://orders.test:8080/a%20b?x=%20y&tag=a&tag=b%26c");
    expect(request.query.getAll("tag")).toEqual(["a", "b&c"]);
    expect(request.headers.get("host")).toBe("orders.test:8080");
    expect(fake.http({ path: "/x", query: "flag=&flag" }).url).toBe("https://example.test/x?flag=&flag");
  });

  test("keeps lines of a repeated header apart, and joins cookies", () => {
    const request = fake.http({
      headers: { "X-Tag": ["a", "b"], cookie: "first=1" },
      cookies: { session: "a;b c" },
    });
    expect(request.headers.getAll("x-tag")).toEqual(["a", "b"]);
    expect(request.headers.get("x-tag")).toBe("a, b");
    expect(request.headers.get("cookie")).toBe("first=1; session=a%3Bb%20c");
    expect(request.cookies).toEqual({ first: "1", session: "a;b c" });
  });

  test("carries urlencoded and multipart forms that read back as they were written", async () => {
    const form = await fake.http({ form: { name: "Zoë & co", tag: ["1", "2"] } }).formData();
    expect([...form]).toEqual([
      ["name", "Zoë & co"],
      ["tag", "1"],
      ["tag", "2"],
    ]);

    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const upload = await fake
      .http({
        multipart: [
          { name: "note", value: "line\r\nline" },
          { name: "file", filename: 'a "quoted".bin', contentType: "image/png", bytes },
          { name: "plain", filename: "b.bin", bytes: "text" },
        ],
      })
      .formData();
    expect(upload.get("note")).toBe("line\r\nline");
    const file = upload.get("file") as File;
    expect(file.name).toBe('a "quoted".bin');
    expect(file.type).toBe("image/png");
    expect(new Uint8Array(await file.arrayBuffer())).toEqual(bytes);
    expect((upload.get("plain") as File).type).toBe("application/octet-stream");
  });

  test("takes bytes and chunks as a body, and limits it as production does", async () => {
    const bytes = Uint8Array.of(0, 255, 13, 10);
    expect(await fake.http({ body: bytes }).bytes()).toEqual(bytes);
    const chunks = async function* () {
      yield Uint8Array.of(1);
      yield Uint8Array.of(2, 3);
    };
    expect(await fake.http({ body: chunks() }).bytes()).toEqual(Uint8Array.of(1, 2, 3));
    await expect(fake.http({ body: chunks(), bodyLimit: 2 }).bytes()).rejects.toMatchObject({ code: "TOO_LARGE" });
  });

  test("completes an identity", () => {
    const { identity } = fake.http({ identity: { id: "ada", roles: ["admin"] } });
    expect(identity).toEqual({ provider: "fake", id: "ada", roles: ["admin"], scopes: [], claims: {} });
  });

  test("refuses two bodies, a body without a JSON form and a path with a query", () => {
    const refused = expect.objectContaining({ code: "CONFIG_INVALID" });
    expect(() => fake.http({ json: {}, body: "x" })).toThrow(refused);
    expect(() => fake.http({ json: () => 1 })).toThrow(refused);
    expect(() => fake.http({ path: "/orders?state=open" })).toThrow(refused);
    expect(() => fake.http({ path: "orders" })).toThrow(refused);
    expect(() => fake.http({ param: { id: "1" } } as object)).toThrow(/has no "param"/);
    expect(() => fake.http({ headers: "x" as never })).toThrow(refused);
  });

  test("is another request each time, and the same with the same seed", () => {
    expect(fake.http().id).not.toBe(fake.http().id);
    expect(fake.http({ seed: 1 }).id).toBe(fake.http({ seed: 1 }).id);
  });

  test("has parameters without a prototype", () => {
    expect("toString" in fake.http({ params: { id: "1" } }).params).toBe(false);
  });
});
