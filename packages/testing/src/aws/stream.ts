import { type EncodeStreamOptions, encodeStream, type StreamEvents, type StreamSource } from "@portico/aws/wrap";
import type { StreamRecord } from "@portico/core";
import { type FakeStreamInit, fakeStream } from "../fake-message.js";
import { type Faked, type Seeded, type Several, toEvents } from "../native/events.js";
import { merge, type Overrides } from "../native/merge.js";
import { Draw, nextSeed } from "../seed.js";

/**
 * A batch of records as Lambda gets it: of Kinesis, or of Kafka by `source`.
 *
 * @param overrides other values for the native event here and there; of a list by place.
 * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot carry one of them; CONFIG_INVALID when one cannot be made.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 * @example
 * await handler(await aws.stream([{ text: "/home" }, { text: "/cart" }]), aws.context());
 */
export async function stream<S extends StreamSource = "kinesis">(
  records: Several<Faked<StreamRecord, FakeStreamInit>> = {},
  options: EncodeStreamOptions<S> & Seeded = {},
  overrides?: Overrides<StreamEvents[S]>,
): Promise<StreamEvents[S]> {
  return merge(await encodeStream(toEvents(toMake(options), records, options), options), overrides);
}

function toMake({ source = "kinesis" }: EncodeStreamOptions): (init: FakeStreamInit) => StreamRecord {
  return source === "kinesis" ? fakeKinesis : fakeStream;
}

/** A record with a shard and a number as Kinesis has them. */
function fakeKinesis(init: FakeStreamInit): StreamRecord {
  const { seed = nextSeed() } = init;
  const place = BigInt(new Draw("sequence", seed).sequence());
  const sequence = String(49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898n + place);
  return fakeStream({ seed, partition: "shardId-000000000000", sequence, ...init });
}
