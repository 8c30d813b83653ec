import { HandlerError, stream as portable, type StreamRecord, type StreamTrigger } from "@portico/core";
import type { OptionNames } from "@portico/core/adapter";
import { callNames } from "./lambda/context.js";
import { type Encoder, encodeTogether, type HomeMapping, type WrapBatched, wrapBatched } from "./messages.js";
import type { Origin } from "./origin.js";
import { type KafkaEvent, kafkaEncoder, type SelfManagedKafkaEvent } from "./stream/kafka.js";
import { type KinesisEvent, kinesisEncoder } from "./stream/kinesis.js";

export type { CallOptions, HomeFunction } from "./lambda/context.js";
export type { NativeHandler } from "./lambda/handler.js";
export type { HomeMapping, WrapBatched } from "./messages.js";
export type { KafkaEvent, KafkaEventRecord, SelfManagedKafkaEvent } from "./stream/kafka.js";
export type { KinesisEvent, KinesisRecord } from "./stream/kinesis.js";

/** What a stream function of Lambda is started by: Kinesis, Kafka on Amazon MSK, self-managed Kafka. */
export type StreamSource = "kinesis" | "msk" | "kafka";

/** The native event of each source. */
export interface StreamEvents {
  readonly kinesis: KinesisEvent;
  readonly msk: KafkaEvent;
  readonly kafka: SelfManagedKafkaEvent;
}

/** Which event the records of a stream become. */
export interface EncodeStreamOptions<S extends StreamSource = StreamSource> extends Origin {
  /** The stream or Kafka topic at home. Default: `portico`. */
  readonly stream?: string | undefined;
  /** Default: `kinesis`. */
  readonly source?: S | undefined;
  /** The shard's id, or the number of the partition, of a record whose own partition has another form. Default: its own. */
  readonly partition?: ((record: StreamRecord) => string | number) | undefined;
  /** Of Kafka. Default: `portico.invalid:9092`. */
  readonly bootstrapServers?: string | undefined;
}

/** How a Lambda function for a stream is wrapped. */
export interface WrapStreamOptions extends EncodeStreamOptions, HomeMapping {
  readonly stream: string;
}

const names = {
  ...callNames,
  batchItemFailures: true,
  stream: true,
  source: true,
  partition: true,
  bootstrapServers: true,
} as const satisfies OptionNames<WrapStreamOptions>;

/**
 * Makes a portable function of a Lambda handler for Kinesis or Kafka: it gets one record per event, or with `stream.batch` all of a
 * delivery, one event for each shard. What it throws is `retry`, with the very same error. With `batchItemFailures` the lowest record that
 * it reports and all behind it in its shard or partition are `retry`.
 *
 * @example
 * export const index = stream.batch(handler, { stream: "clicks", batchItemFailures: true });
 * @throws {HandlerError} CONFIG_INVALID when the handler is not a function, or an option is wrong.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/with-kinesis.html
 */
export const stream: WrapBatched<StreamTrigger, StreamRecord, WrapStreamOptions> = wrapBatched<
  StreamTrigger,
  StreamRecord,
  WrapStreamOptions
>("stream", "stream", names, (options) => portable(options.stream), toEncoder);

/**
 * The event in which Lambda gets these records; inbound, it gives the same records.
 *
 * @throws {HandlerError} EVENT_UNENCODABLE when the source cannot carry one of them.
 */
export async function encodeStream<S extends StreamSource = "kinesis">(
  records: readonly StreamRecord[],
  options: EncodeStreamOptions<S> = {},
): Promise<StreamEvents[S]> {
  return (await encodeTogether(toEncoder(options), records)) as StreamEvents[S];
}

function toEncoder(options: EncodeStreamOptions): Encoder<StreamRecord, unknown> {
  const {
    source = "kinesis",
    stream: name = "portico",
    partition,
    bootstrapServers = "portico.invalid:9092",
  } = options;
  switch (source) {
    case "kinesis":
      return kinesisEncoder(name, partition, options);
    case "msk":
    case "kafka":
      return kafkaEncoder({ topic: name, managed: source === "msk", partition, bootstrapServers, origin: options });
    default:
      throw new HandlerError("CONFIG_INVALID", `No stream of Lambda is called ${JSON.stringify(source)}.`);
  }
}
