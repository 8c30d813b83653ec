import { expect, test } from "vitest";
import { HandlerError } from "./error.js";
import { queue } from "./kinds/queue.js";
import { unencodable } from "./unencodable.js";

const error = unencodable("An SQS message", "body", "it is binary", "Send it as base64 text.");

test("what cannot be encoded names its carrier, the field and the reason", () => {
  expect(HandlerError.is(error)).toBe(true);
  expect(error).toMatchObject({
    code: "EVENT_UNENCODABLE",
    message: "An SQS message cannot carry the body: it is binary.",
    details: { field: "body", reason: "it is binary" },
    hint: "Send it as base64 text.",
  });
});

test("a message that cannot be encoded is a dead letter: trying again cannot help", async () => {
  const fn = queue("orders").handle(() => {
    throw error;
  });
  expect(await fn({} as never)).toMatchObject({ outcome: "deadLetter", error });
});
