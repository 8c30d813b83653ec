import { expect, test } from "vitest";
import { testRequest } from "../../../test/source.js";
import { charsetOf, isJsonType, isTextType } from "../../cloud-event/media-type.js";
import { parseCloudEvents } from "../../cloud-event/parse.js";
import { parseTraceparent } from "../../trace.js";
import { parseCookies } from "./cookies.js";
import { forwardedFor, forwardedValue } from "./forwarded.js";
import { toIdentity } from "./identity.js";

// What `trim` and `\s` take beside the space and the tab that HTTP and RFC 6265bis name.
const spaces = ["\u00a0", "\u2003", "\u3000", "\ufeff", "\v", "\f", "\u2028", "\n"];

test.each(spaces)("%j belongs to the name and the value of a cookie", (space) => {
  // A browser takes `__Host-` cookies from the host itself alone; one by another name must not pass for it.
  const cookies = parseCookies(`${space}__Host-sid=evil; __Host-sid=good; ${space}a${space}=${space}1${space}`);
  expect({ ...cookies }).toEqual({
    [`${space}__Host-sid`]: "evil",
    "__Host-sid": "good",
    [`${space}a${space}`]: `${space}1${space}`,
  });
});

test.each(spaces)("%j belongs to a member of a list field", (space) => {
  const { headers } = testRequest({ headers: [["accept", `${space}a${space}, \tb\t`]] });
  expect(headers.list("accept")).toEqual([`${space}a${space}`, "b"]);
});

test.each(spaces)("with %j an address, a scheme and a host of a proxy are none", (space) => {
  expect(forwardedFor([`192.0.2.1${space}`], "10.0.0.1", 1)).toBeUndefined();
  expect(forwardedFor(["192.0.2.1 \t"], "10.0.0.1", 1)).toBe("192.0.2.1");
  expect(forwardedValue([`https${space}`], 1)).not.toBe("https");
});

test.each(spaces)("with %j a media type is another one", async (space) => {
  expect(isJsonType(`application/json${space}`)).toBe(false);
  expect(isJsonType("application/json \t; charset=utf-8")).toBe(true);
  expect(isTextType(`${space}text/plain`)).toBe(false);
  expect(charsetOf(`text/plain;${space}charset=latin1`)).toBe("utf-8");
  expect(charsetOf("text/plain; \tcharset = latin1")).toBe("latin1");
  const form = testRequest({
    method: "POST",
    headers: [["content-type", `application/x-www-form-urlencoded${space}`]],
    body: "a=1",
  });
  await expect(form.formData()).rejects.toMatchObject({ code: "UNSUPPORTED_MEDIA_TYPE" });
  const event = {
    headers: (name: string) => (name === "content-type" ? `${space}application/cloudevents+json` : undefined),
    headerNames: ["content-type"],
    body: new TextEncoder().encode("{}"),
  };
  expect(() => parseCloudEvents(event)).toThrow(
    expect.objectContaining({ message: "The request holds no CloudEvent." }),
  );
});

test.each(spaces)("with %j a traceparent is none, and a scope is another one", (space) => {
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  expect(parseTraceparent(`${space}${traceparent}`)).toBeUndefined();
  expect(parseTraceparent(` ${traceparent}\t`)).toBeDefined();
  expect(toIdentity("jwt", { sub: "a", scope: `read${space}admin` })?.scopes).toEqual([`read${space}admin`]);
});

test("a header is not found by a name that is its own only after its case was mapped", () => {
  const { headers } = testRequest({ headers: [["cookie", "a=1"]] });
  expect(headers.get("coo\u212aie")).toBeNull();
  expect(headers.has("coo\u212aie")).toBe(false);
  expect(headers.getAll("coo\u212aie")).toEqual([]);
  expect(headers.get("COOKIE")).toBe("a=1");
});
