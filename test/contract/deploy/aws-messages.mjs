import * as aws from "@portico/aws";
import { onChange, onEvent, onMessage, onObject, onPublished, onRecord, onTick, sink } from "../messages-functions.mjs";

const whole = { sink, timeoutMs: 200 };
const declared = { ...whole, batchItemFailures: true };

export const queue = aws.queue(onMessage, declared);
export const queueWhole = aws.queue(onMessage, whole);
export const queuePiped = aws.queue(onMessage, { ...declared, unwrap: "pipes" });
export const topic = aws.topic(onPublished, whole);
export const topicQueued = aws.topic(onPublished, { ...declared, unwrap: "sqs" });
export const topicRaw = aws.topic(onPublished, { ...declared, unwrap: "sqs", rawDelivery: true });
export const stream = aws.stream(onRecord, declared);
export const streamWhole = aws.stream(onRecord, whole);
export const streamPiped = aws.stream(onRecord, { ...declared, unwrap: "pipes" });
export const object = aws.object(onObject, whole);
export const objectQueued = aws.object(onObject, { ...declared, unwrap: "sqs" });
export const objectPublished = aws.object(onObject, { ...whole, unwrap: "sns" });
export const objectPublishedQueued = aws.object(onObject, { ...declared, unwrap: ["sqs", "sns"] });
export const change = aws.change(onChange, declared);
export const changeWhole = aws.change(onChange, whole);
export const changeThroughKinesis = aws.change(onChange, { ...declared, unwrap: "kinesis" });
export const changePiped = aws.change(onChange, { ...declared, unwrap: "pipes" });
export const schedule = aws.schedule(onTick, whole);
export const scheduleCustom = aws.schedule(onTick, {
  ...whole,
  customInput: ({ id, due }) => ({ id, scheduledTime: due }),
});
export const scheduleQueued = aws.schedule(onTick, { ...declared, unwrap: "sqs" });
export const event = aws.event(onEvent, whole);
export const eventRaw = aws.event(onEvent, { ...whole, raw: { type: "com.example.reading", source: "sensors" } });
export const eventQueued = aws.event(onEvent, { ...declared, unwrap: "sqs" });
