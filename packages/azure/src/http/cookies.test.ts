import { expect, test } from "vitest";
import { toAzureCookies } from "./cookies.js";

test("a single cookie goes as it was written, whatever it says", () => {
  const line = "id=a+b==; Domain=my_host; Partitioned; Priority=High";
  for (const streaming of [false, true]) {
    expect(toAzureCookies([line], streaming)).toEqual({ line, cookies: undefined, lost: [] });
  }
});

test("several cookies become Azure's objects", () => {
  const { line, cookies, lost } = toAzureCookies(
    [
      "a=1; Path=/; HttpOnly; Secure; SameSite=none; Max-Age=60; Domain=example.com",
      "b=2; Expires=Fri, 01 Jan 2027 00:00:00 GMT; samesite=LAX",
    ],
    false,
  );
  expect(line).toBeUndefined();
  expect(lost).toEqual([]);
  expect(cookies).toEqual([
    {
      name: "a",
      value: "1",
      path: "/",
      httpOnly: true,
      secure: true,
      sameSite: "None",
      maxAge: 60,
      domain: "example.com",
    },
    { name: "b", value: "2", path: "", expires: new Date("2027-01-01T00:00:00Z"), sameSite: "Lax" },
  ]);
});

test.each([
  ["x%20y%3B%3D%C3%A9", "x y;=é"],
  ["", ""],
])("the value %s is decoded once, because Azure encodes it", (written, value) => {
  expect(toAzureCookies([`a=${written}`, "b=2"], false).cookies?.[0]).toMatchObject({ name: "a", value });
});

test.each(['"quoted"', "100%", "a=b", "eyJhIjoxfQ==", "it's", "a%2fb"])(
  "the value %s, which Azure would write in another way, goes as it stands",
  (written) => {
    const { line, cookies, respelled } = toAzureCookies(["b=2; Partitioned", `a=${written}; Path=/`], false);
    expect(line).toBe(`a=${written}; Path=/`);
    expect(cookies).toMatchObject([{ name: "b" }]);
    expect(respelled).toBeUndefined();
  },
);

test("of several such values one goes as it stands, and the others are told", () => {
  const { line, respelled } = toAzureCookies(["a=1=", "b=2=", "c=3="], false);
  expect([line, respelled]).toEqual(["a=1=", ["b", "c"]]);
});

test("a date at the epoch, which Azure drops, is an age of zero", () => {
  const lines = ["a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT", "b=; Max-Age=5; Expires=Thu, 01 Jan 1970 00:00:00 GMT"];
  const { cookies } = toAzureCookies(lines, false);
  expect(cookies?.map(({ maxAge }) => maxAge)).toEqual([0, 5]);
});

test("one cookie with attributes that Azure does not know takes the line; what others lose is told", () => {
  const lines = ["a=1; Path=/", "b=2; Partitioned", "c=3; Priority=High; Partitioned"];
  const { line, cookies, lost } = toAzureCookies(lines, false);
  expect(line).toBe("b=2; Partitioned");
  expect(cookies?.map(({ name }) => name)).toEqual(["a", "c"]);
  expect(lost).toEqual(["Priority=High", "Partitioned"]);
});

test("a cookie that is set twice keeps its order", () => {
  const { line, cookies, lost } = toAzureCookies(["a=1; Path=/", "a=2; Path=/; Partitioned"], false);
  expect(line).toBeUndefined();
  expect(cookies?.map(({ value }) => value)).toEqual(["1", "2"]);
  expect(lost).toEqual(["Partitioned"]);
});

test.each(["Partitioned", "Domain=my_host.example", "Path=/a<b", "SameSite=Sometimes", "Max-Age=soon", "Expires=soon"])(
  "with streaming, %s reaches the client for every cookie",
  (attribute) => {
    const { cookies, lost } = toAzureCookies(["a=1; Path=/", `b=2; Secure; ${attribute}`], true);
    expect(lost).toEqual([]);
    const { expires, ...rest } = cookies?.[1] ?? { expires: undefined };
    expect(rest).toEqual({ name: "b", value: "2" });
    const kept = attribute.startsWith("Expires") ? "; Secure" : `; Secure; ${attribute}`;
    expect((expires as Date).toUTCString()).toBe(kept);
  },
);

test.each(["=1", "novalue", "a b=1", "; Path=/"])("%s beside another cookie is refused", (line) => {
  expect(() => toAzureCookies(["a=1", line], true)).toThrow(expect.objectContaining({ code: "EVENT_UNENCODABLE" }));
});
