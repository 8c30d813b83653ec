import { expect, test } from "vitest";
import { chunks } from "../../../test/source.js";
import { concat, LazyBody } from "./body.js";

const binary = new Uint8Array([0, 1, 254, 255]);

async function all(stream: ReadableStream<Uint8Array> | null): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  for await (const part of stream ?? []) parts.push(part);
  return concat(parts);
}

test.each([
  ["text", "grüße"],
  ["bytes", new TextEncoder().encode("grüße")],
  ["chunks", chunks("grü", "ße")],
])("%s can be read in every form, and again", async (_name, given) => {
  const body = new LazyBody(given, 100);
  expect(await body.text()).toBe("grüße");
  expect(new TextDecoder().decode(await body.bytes())).toBe("grüße");
  expect(new TextDecoder().decode(await all(body.stream()))).toBe("grüße");
  expect(await body.text()).toBe("grüße");
});

test("binary bytes are exact, in one piece and in chunks", async () => {
  expect(await new LazyBody(binary, 100).bytes()).toEqual(binary);
  expect(await new LazyBody(chunks(binary.slice(0, 1), binary.slice(1)), 100).bytes()).toEqual(binary);
});

test("no body is empty text and no stream", async () => {
  for (const nothing of [null, "", new Uint8Array()]) {
    const body = new LazyBody(nothing, 100);
    expect(body.stream()).toBeNull();
    expect(await body.text()).toBe("");
    expect(await body.bytes()).toHaveLength(0);
    await expect(body.json()).rejects.toMatchObject({ code: "BAD_REQUEST" });
  }
});

test.each([
  ["text", "x".repeat(11)],
  ["text whose UTF-8 form is longer", "é".repeat(6)],
  ["bytes", new Uint8Array(11)],
  ["chunks", chunks("123456", "78901")],
])("%s over the limit is refused", async (_name, given) => {
  await expect(new LazyBody(given, 10).bytes()).rejects.toMatchObject({ code: "TOO_LARGE", status: 413 });
});

test.each([
  ["text", "x".repeat(10)],
  ["text with long characters", "é".repeat(5)],
  ["bytes", new Uint8Array(10)],
  ["chunks", chunks("12345", "67890")],
])("%s at the limit is taken", async (_name, given) => {
  expect(await new LazyBody(given, 10).bytes()).toHaveLength(10);
});

test("a stream over the limit fails, and lets go of its source", async () => {
  let released = false;
  async function* source() {
    try {
      for (;;) yield new Uint8Array(6);
    } finally {
      released = true;
    }
  }
  await expect(all(new LazyBody(source(), 10).stream())).rejects.toMatchObject({ code: "TOO_LARGE" });
  expect(released).toBe(true);
});

test("an arriving body is handed out once, and then it cannot be collected", async () => {
  const body = new LazyBody(chunks("abc"), 100);
  const stream = body.stream();
  expect(() => body.stream()).toThrow(expect.objectContaining({ code: "INTERNAL" }));
  await expect(body.text()).rejects.toMatchObject({ code: "INTERNAL" });
  expect(await all(stream)).toHaveLength(3);
});

test("cancelling the stream lets go of the source", async () => {
  let released = false;
  async function* source() {
    try {
      for (;;) yield new Uint8Array(1);
    } finally {
      released = true;
    }
  }
  const reader = new LazyBody(source(), 1000).stream()?.getReader();
  await reader?.read();
  await reader?.cancel();
  expect(released).toBe(true);
});

const multipart = (parts: string, boundary = "b") =>
  new LazyBody(`${parts.replaceAll("\n", "\r\n")}`, 10_000).formData(`multipart/form-data; boundary=${boundary}`);

test("a multipart form gives fields and files, byte for byte", async () => {
  const head =
    '--b\r\ncontent-disposition: form-data; name="title"\r\n\r\nHéllo\r\n--b\r\ncontent-disposition: form-data; name="file"; filename="a b.bin"\r\ncontent-type: image/png\r\n\r\n';
  const body = concat([new TextEncoder().encode(head), binary, new TextEncoder().encode("\r\n--b--\r\n")]);
  const form = await new LazyBody(body, 10_000).formData("multipart/form-data; boundary=b");
  expect(form.get("title")).toBe("Héllo");
  const file = form.get("file") as File;
  expect(file).toMatchObject({ name: "a b.bin", type: "image/png" });
  expect(new Uint8Array(await file.arrayBuffer())).toEqual(binary);
});

test("an urlencoded form keeps repeated names, and names such as __proto__ do no harm", async () => {
  const form = await new LazyBody("a=1&a=2&b=%C3%A9+x&__proto__=p&constructor[prototype][x]=1", 1000).formData(
    "application/x-www-form-urlencoded;charset=utf-8",
  );
  expect(form.getAll("a")).toEqual(["1", "2"]);
  expect(form.get("b")).toBe("é x");
  expect(form.get("__proto__")).toBe("p");
  expect(({} as Record<string, unknown>).x).toBeUndefined();
});

test.each([
  ["truncated in a part", '--b\ncontent-disposition: form-data; name="a"\n\nhalf'],
  ["truncated in a part's head", "--b\ncontent-disposition: form-da"],
  ["with no boundary in it", "nothing here"],
  ["empty", ""],
])("a multipart body that is %s is the caller's mistake", async (_name, parts) => {
  await expect(multipart(parts)).rejects.toMatchObject({ code: "BAD_REQUEST" });
});

test("a multipart type without a boundary is the caller's mistake", async () => {
  await expect(new LazyBody("x", 100).formData("multipart/form-data")).rejects.toMatchObject({ code: "BAD_REQUEST" });
});

test.each([
  null,
  "",
  "application/json",
  "multipart",
  "multipart/form-data\u0000",
  "x".repeat(10_000),
  "multipart/mixed; boundary=b",
])("the content type %j is no form", async (type) => {
  await expect(new LazyBody("x", 100).formData(type)).rejects.toMatchObject({
    code: "UNSUPPORTED_MEDIA_TYPE",
    status: 415,
  });
});
