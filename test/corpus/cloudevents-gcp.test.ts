import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { getTestServer } from "@google-cloud/functions-framework/testing";
import { type CloudEvent, event } from "@portico/core";
import * as gcp from "@portico/gcp";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { lines } from "../contract/wire.js";
import { cases, folder, implied, isRefusedByFramework, send, toExpected } from "./cloudevents-cases.js";

const refusedByFramework = [
  "binary-json-null",
  "binary-json-string",
  "json-format-json-number-binary",
  "json-format-json-string-no-contenttype-binary",
];
const got: CloudEvent[] = [];
const collect = event().handle(async (one) => {
  await one.bytes();
  got.push(one);
});
gcp.event("cloudevents", collect, { webhook: { origins: ["eventemitter.example.com"], ratePerMinute: 120 } });

if (cases.length === 0) {
  // A visible line where the corpus is missing: nothing of it was checked.
  test.skip(`CloudEvents on Google: the corpus is not at ${folder} (set PORTICO_CORPUS)`);
}

describe.skipIf(cases.length === 0)("CloudEvents over HTTP, in the functions framework", () => {
  let server: Server;
  let origin = "";
  beforeAll(async () => {
    server = getTestServer("cloudevents");
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());
  beforeEach(() => {
    got.length = 0;
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    vi.spyOn(console, "error").mockReturnValue();
    return () => vi.restoreAllMocks();
  });

  test("all 91 cases are there, and the framework itself refuses four that are right: JSON that is a scalar", () => {
    const refused = cases.filter((one) => one.expect.events && isRefusedByFramework(one.request));
    expect([cases.length, refused.map(({ name }) => name)]).toEqual([91, refusedByFramework]);
  });

  test.each(cases)("$name ($level): $rule", async ({ request, expect: expected }) => {
    const answer = await send(origin, request);
    expect(answer.headers.filter(([name]) => name.startsWith("ce-"))).toEqual([]);
    if (expected.handshake) {
      expect(answer.status).toBe(200);
      expect(lines(answer, "webhook-allowed-origin")).toEqual([request.headers["webhook-request-origin"]]);
      expect(lines(answer, "webhook-allowed-rate")).toEqual(["120"]);
      return;
    }
    if (isRefusedByFramework(request)) {
      expect(answer.status).toBe(400);
      return;
    }
    if (expected.reject) expect(expected.status ?? [400]).toContain(answer.status);
    else expect([answer.status, answer.body.length]).toEqual([204, 0]);
    expect(got.map(toExpected)).toEqual((expected.events ?? []).map((one) => implied(request, one)));
  });
});
