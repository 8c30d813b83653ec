import * as aws from "@portico/aws";
import * as contract from "../messages-functions.mjs";

/** Every export of a deployment, by the name that the sources' table has. */
export function deploy({ onChange, onEvent, onMessage, onObject, onPublished, onRecord, onTick, sink }, timeoutMs) {
  const whole = { sink, timeoutMs };
  const declared = { ...whole, batchItemFailures: true };
  return {
    queue: aws.queue(onMessage, declared),
    queueWhole: aws.queue(onMessage, whole),
    queuePiped: aws.queue(onMessage, { ...declared, unwrap: "pipes" }),
    topic: aws.topic(onPublished, whole),
    topicQueued: aws.topic(onPublished, { ...declared, unwrap: "sqs" }),
    topicRaw: aws.topic(onPublished, { ...declared, unwrap: "sqs", rawDelivery: true }),
    stream: aws.stream(onRecord, declared),
    streamWhole: aws.stream(onRecord, whole),
    streamPiped: aws.stream(onRecord, { ...declared, unwrap: "pipes" }),
    object: aws.object(onObject, whole),
    objectQueued: aws.object(onObject, { ...declared, unwrap: "sqs" }),
    objectPublished: aws.object(onObject, { ...whole, unwrap: "sns" }),
    objectPublishedQueued: aws.object(onObject, { ...declared, unwrap: ["sqs", "sns"] }),
    change: aws.change(onChange, declared),
    changeWhole: aws.change(onChange, whole),
    changeThroughKinesis: aws.change(onChange, { ...declared, unwrap: "kinesis" }),
    changePiped: aws.change(onChange, { ...declared, unwrap: "pipes" }),
    schedule: aws.schedule(onTick, whole),
    scheduleCustom: aws.schedule(onTick, {
      ...whole,
      customInput: ({ id, due }) => ({ id, scheduledTime: due }),
    }),
    scheduleQueued: aws.schedule(onTick, { ...declared, unwrap: "sqs" }),
    event: aws.event(onEvent, whole),
    eventRaw: aws.event(onEvent, { ...whole, raw: { type: "com.example.reading", source: "sensors" } }),
    eventQueued: aws.event(onEvent, { ...declared, unwrap: "sqs" }),
  };
}

export const deployed = deploy(contract, 200);
