// All of them on Lambda: an export for each.
import * as aws from "@portico/aws";
import { fromAzure, fromGoogle, fromLambda, fromWeb } from "./portable.js";

const sink = async () => {};
const partial = { batchItemFailures: true, sink };

const all = (given: typeof fromAzure | typeof fromGoogle | typeof fromLambda) => ({
  http: aws.http(given.http),
  queue: aws.queue(given.queue, partial),
  topic: aws.topic(given.topic),
  stream: aws.stream(given.stream, partial),
  object: aws.object(given.object),
  change: aws.change(given.change, partial),
  schedule: aws.schedule(given.schedule),
  event: aws.event(given.event),
  invoke: aws.invoke(given.invoke),
});

export const lambda = all(fromLambda);
export const azure = all(fromAzure);
export const google = all(fromGoogle);
export const express = aws.http(fromWeb.express);
export const hono = aws.http(fromWeb.hono);
