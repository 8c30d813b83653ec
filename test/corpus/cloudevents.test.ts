import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { HandlerError } from "@portico/core";
import { type ParsedCloudEvent, parseCloudEvents } from "@portico/core/adapter";
import { expect, test } from "vitest";

const corpus = process.env.PORTICO_CORPUS ?? fileURLToPath(new URL("../../../shared/corpus", import.meta.url));
const folder = join(corpus, "gcp/cloudevents");

interface Case {
  readonly name: string;
  readonly level: "must" | "should" | "may";
  readonly rule: string;
  readonly request: {
    readonly method: string;
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: string;
    readonly bodyBase64?: string;
  };
  readonly expect: {
    readonly events?: readonly Expected[];
    readonly reject?: boolean;
    readonly status?: readonly number[];
    readonly handshake?: boolean;
  };
}

interface Expected {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly data: {
    readonly kind: "none" | "json" | "text" | "binary";
    readonly value?: unknown;
    readonly base64?: string;
  };
}

const cases = existsSync(folder)
  ? readdirSync(folder).map((file): Case => JSON.parse(readFileSync(join(folder, file), "utf8")))
  : [];

function parse({ headers, body, bodyBase64 }: Case["request"]): readonly ParsedCloudEvent[] {
  const fields = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return parseCloudEvents({
    headers: (name) => fields.get(name),
    headerNames: Object.keys(headers),
    body: bodyBase64 === undefined ? Buffer.from(body ?? "") : Buffer.from(bodyBase64, "base64"),
  });
}

function toExpected({ extensions, data, ...attributes }: ParsedCloudEvent): Expected {
  const present = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
  return { attributes: { specversion: "1.0", ...present, ...extensions }, data: toExpectedData(data) };
}

function toExpectedData(data: ParsedCloudEvent["data"]): Expected["data"] {
  if (data.kind === "bytes") return { kind: "binary", base64: Buffer.from(data.bytes).toString("base64") };
  if (data.kind === "text") return { kind: "text", value: data.text };
  return data.kind === "json" ? { kind: "json", value: data.value } : { kind: "none" };
}

/** JSON data without a content type is application/json, reported or absent: both are right. */
function implied(sent: Case["request"], { attributes, data }: Expected): Expected {
  const isImplied =
    /^application\/cloudevents/i.test(sent.headers["content-type"] ?? "") && !sent.body?.includes("datacontenttype");
  const { datacontenttype: _, ...rest } = attributes;
  return isImplied && attributes.datacontenttype === "application/json"
    ? { attributes: rest, data }
    : { attributes, data };
}

// The handshake of webhooks is a matter of the server: this one keeps it off, as the level allows.
const parsed = cases.filter((one) => !one.expect.handshake);

if (cases.length === 0) {
  // A visible line where the corpus is missing: nothing of it was checked.
  test.skip(`CloudEvents over HTTP: the corpus is not at ${folder} (set PORTICO_CORPUS)`);
} else {
  test("all 91 cases are there", () => expect([cases.length, parsed.length]).toEqual([91, 90]));

  test.each(parsed)("$name ($level): $rule", ({ request, expect: expected }) => {
    if (expected.events) {
      expect(parse(request).map(toExpected)).toEqual(expected.events.map((event) => implied(request, event)));
      return;
    }
    let thrown: unknown;
    try {
      parse(request);
    } catch (error) {
      thrown = error;
    }
    expect(HandlerError.is(thrown) && thrown.permanent).toBe(true);
    expect(expected.status ?? [400]).toContain((thrown as HandlerError).status);
  });

  test("an OPTIONS handshake is no CloudEvent", () => {
    const handshake = cases.find((one) => one.expect.handshake) as Case;
    expect(() => parse(handshake.request)).toThrow(/no CloudEvent/);
  });
}
