import * as aws from "@portico/aws";
import { encodeHttp, type HttpFormat } from "@portico/aws/wrap";
import { type HttpRequest, http, reply } from "@portico/core";
import fc, { type Arbitrary } from "fast-check";
import { describe, expect, test } from "vitest";
import { events } from "../../packages/core/test/events.js";
import { cases } from "../../packages/core/test/random.js";

const context: aws.LambdaContext = {
  awsRequestId: "invocation",
  functionName: "round-trip",
  functionVersion: "$LATEST",
  invokedFunctionArn: "arn:aws:lambda:eu-west-1:123456789012:function:round-trip",
  memoryLimitInMB: "128",
  logGroupName: "group",
  logStreamName: "stream",
  getRemainingTimeInMillis: () => 10_000,
};

async function decode(native: unknown): Promise<HttpRequest> {
  const seen: HttpRequest[] = [];
  const fn = http.any("/*path").handle((request) => {
    seen.push(request);
    return reply.empty();
  });
  await aws.http(fn)(JSON.parse(JSON.stringify(native)), context);
  return seen[0] as HttpRequest;
}

// Added by every front end of AWS, which also splits and joins cookies anew.
const own = /^(?:host|cookie|x-forwarded-.*)$/;

async function facts(request: HttpRequest, format: HttpFormat) {
  const joins = format === "http-2.0" || format === "url";
  const query = [...request.query].map(([name, value]) => `${name}=${value}`);
  return {
    method: request.method,
    path: request.path,
    // Only these keep the order among different names.
    query: joins ? query : query.sort(),
    headers: [...request.headers]
      .filter(([name]) => !own.test(name))
      .map(([name]) => [name, joins ? request.headers.getAll(name).join(",") : [...request.headers.getAll(name)]]),
    body: Buffer.from(await request.bytes()).toString("hex"),
  };
}

const formats: readonly HttpFormat[] = ["rest", "http-1.0", "http-2.0", "url", "alb", "alb-multi", "lattice"];

// The requests that clients send are held to the law beside the encoder; these are what nobody should send.
describe.each(formats)("%s", (format) => {
  test("carries or refuses any request: nothing changes silently", async () => {
    let carried = 0;
    await fc.assert(
      fc.asyncProperty(events.http as Arbitrary<HttpRequest>, fc.boolean(), async (given, asItIs) => {
        // Hardly any identity or time among them has a place in AWS: most would be refused for that alone.
        const other = { identity: { value: undefined }, time: { value: new Date("2026-01-02T03:04:05Z") } };
        const request: HttpRequest = asItIs ? given : Object.create(given, other);
        let native: unknown;
        try {
          native = await encodeHttp(request, { format });
        } catch (error) {
          expect(error).toMatchObject({ code: "EVENT_UNENCODABLE", permanent: true });
          return;
        }
        carried += 1;
        expect(await facts(await decode(native), format)).toEqual(await facts(request, format));
      }),
      cases(200),
    );
    expect(carried).toBeGreaterThan(20);
  });
});
