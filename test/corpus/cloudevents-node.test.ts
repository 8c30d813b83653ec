import { type CloudEvent, event } from "@portico/core";
import { serve } from "@portico/node";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { lines } from "../contract/wire.js";
import { cases, folder, implied, send, toExpected } from "./cloudevents-cases.js";

const got: CloudEvent[] = [];
const collect = event().handle(async (one) => {
  await one.bytes();
  got.push(one);
});

if (cases.length === 0) {
  // A visible line where the corpus is missing: nothing of it was checked.
  test.skip(`CloudEvents in a container: the corpus is not at ${folder} (set PORTICO_CORPUS)`);
}

describe.skipIf(cases.length === 0)("CloudEvents over HTTP, in a container", () => {
  let origin = "";
  let stop: () => Promise<unknown>;
  beforeAll(async () => {
    vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const webhook = { origins: ["eventemitter.example.com"], ratePerMinute: 120 };
    const serving = await serve(collect, {
      port: 0,
      host: "127.0.0.1",
      signals: [],
      webhook,
      events: { authorize: "anyone" },
    });
    origin = serving.url;
    stop = serving.close;
  });
  afterAll(async () => {
    await stop();
    vi.restoreAllMocks();
  });
  beforeEach(() => {
    got.length = 0;
  });

  test("all 91 cases are there", () => expect(cases.length).toBe(91));

  test.each(cases)("$name ($level): $rule", async ({ request, expect: expected }) => {
    const answer = await send(origin, request);
    // To Knative a reply with these would be another event.
    expect(answer.headers.filter(([name]) => name.startsWith("ce-"))).toEqual([]);
    if (expected.handshake) {
      expect(answer.status).toBe(200);
      expect(lines(answer, "webhook-allowed-origin")).toEqual([request.headers["webhook-request-origin"]]);
      expect(lines(answer, "webhook-allowed-rate")).toEqual(["120"]);
      return;
    }
    if (expected.reject) expect(expected.status ?? [400]).toContain(answer.status);
    else expect([answer.status, answer.body.length]).toEqual([204, 0]);
    expect(got.map(toExpected)).toEqual((expected.events ?? []).map((one) => implied(request, one)));
  });
});
