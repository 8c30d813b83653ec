import { type Context, http, invoke, queue, reply, schedule } from "@portico/core";
import { expect, test, vi } from "vitest";
import { lambdaContext, payloadV2 } from "../test/events.js";
import { busEvent, sqsEvent, sqsRecord } from "../test/messages.js";
import * as aws from "./index.js";

const told: boolean[] = [];
const note = (_event: unknown, { coldStart }: Context) => void told.push(coldStart);
const page = http.get("/x").handle((request, context) => {
  note(request, context);
  return reply.empty();
});

test("the first invocation of the process is the cold start, of whichever function and kind it is", async () => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  await aws.schedule(schedule("0 3 * * *").handle(note))(
    busEvent("Scheduled Event", "{}", { source: "aws.events", resources: ["arn:aws:events:eu-west-1:1:rule/nightly"] }),
    lambdaContext(),
  );
  await aws.queue(queue("orders").handle(note))(sqsEvent(sqsRecord("1"), sqsRecord("2")), lambdaContext());
  for (const handler of [aws.http(page), aws.http(page)]) await handler(payloadV2({ rawPath: "/x" }), lambdaContext());
  await aws.invoke(invoke("quote").handle(note))({}, lambdaContext());
  expect(told).toEqual([true, false, false, false, false, false]);
});
