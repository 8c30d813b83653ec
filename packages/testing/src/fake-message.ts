import type { Bytes, Message, QueueMessage, StreamRecord, TopicMessage } from "@portico/core";
import { type Buffered, LazyMessage, type MessageSource, toBytes } from "@portico/core/adapter";
import { bytes, checkInit, count, date, filled, flag, seed, text, texts } from "./fake-check.js";
import { type FakePayloadInit, payloadRules, toPayload } from "./fake-payload.js";
import { Draw, fakeTime, nextSeed, type Seed } from "./seed.js";

/** What every fake message is made of; everything has a default, and what a sender need not set stays undefined. */
export interface FakeMessageInit extends FakePayloadInit {
  /** Default: a UUID made of the seed. */
  readonly id?: string | undefined;
  /** Default: `fake-queue`, `fake-topic` or `fake-stream`. */
  readonly source?: string | undefined;
  /** Default: the start of 2026. */
  readonly time?: Date | undefined;
  readonly attributes?: Readonly<Record<string, string>> | undefined;
  readonly contentType?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly subject?: string | undefined;
  readonly replyTo?: string | undefined;
  /** 1 for the first delivery. */
  readonly attempt?: number | undefined;
  /** What the id is made of. Default: another one for each fake. */
  readonly seed?: Seed | undefined;
}

/** A fake message of a queue or a topic. */
export interface FakeQueueInit extends FakeMessageInit {
  /** {@link QueueMessage.groupId} */
  readonly groupId?: string | undefined;
  /** {@link QueueMessage.sequence} */
  readonly sequence?: string | undefined;
}

/** A fake record of a stream. */
export interface FakeStreamInit extends FakeMessageInit {
  /** Default: `0`. */
  readonly partition?: string | undefined;
  /** {@link StreamRecord.partitionKey} */
  readonly partitionKey?: string | undefined;
  /** Default: the seed where it is a number: so fakes stand in the order in which they are made. */
  readonly sequence?: string | undefined;
  /** {@link StreamRecord.key} */
  readonly key?: Uint8Array | undefined;
  /** Default: none. */
  readonly headers?: readonly (readonly [name: string, value: Uint8Array])[] | undefined;
  /** Default: false. With true the payload is empty. */
  readonly tombstone?: boolean | undefined;
}

const messageRules = {
  ...payloadRules,
  id: filled,
  source: text,
  time: date,
  attributes: texts,
  contentType: text,
  correlationId: text,
  subject: text,
  replyTo: text,
  attempt: count,
  seed,
};
const queueRules = { ...messageRules, groupId: text, sequence: text };
const pairs = {
  wanted: "a list of pairs of a name and bytes",
  fits: (value: unknown) =>
    Array.isArray(value) && value.every((pair) => text.fits(pair?.[0]) && bytes.fits(pair?.[1])),
};
const streamRules = {
  ...messageRules,
  partition: text,
  partitionKey: text,
  sequence: text,
  key: bytes,
  headers: pairs,
  tombstone: flag,
};

/**
 * A message of a queue, read by the same code as in production. Each is another message, unless it has the same `seed` or `id`.
 *
 * @example
 * expect(await fulfil(fake.queue({ json: { sku: "a", quantity: 1 } }))).toEqual(ack());
 * @throws {HandlerError} CONFIG_INVALID when it has two payloads, a field that no message has, or a value of another type.
 */
export function fakeQueue(init: FakeQueueInit = {}): QueueMessage {
  checkInit("fake queue message", init, queueRules);
  return new FakeMessage("queue", init);
}

/** A message of a topic. @see {@link fakeQueue} */
export function fakeTopic(init: FakeQueueInit = {}): TopicMessage {
  checkInit("fake topic message", init, queueRules);
  return new FakeMessage("topic", init);
}

/** A record of a stream. @see {@link fakeQueue} */
export function fakeStream(init: FakeStreamInit = {}): StreamRecord {
  checkInit("fake stream record", init, streamRules);
  return new FakeRecord(init);
}

class FakeMessage<K extends "queue" | "topic"> extends LazyMessage<K> {
  readonly groupId: string | undefined;
  readonly sequence: string | undefined;

  constructor(kind: K, init: FakeQueueInit) {
    super(kind, new FakeMessageSource(kind, init, toPayload(`fake ${kind} message`, init)));
    this.groupId = init.groupId;
    this.sequence = init.sequence;
  }
}

class FakeRecord extends LazyMessage<"stream"> implements StreamRecord {
  readonly partition: string;
  readonly partitionKey: string | undefined;
  readonly sequence: string;
  readonly key: Bytes | undefined;
  readonly headers: readonly (readonly [name: string, value: Bytes])[];
  readonly tombstone: boolean;

  constructor(init: FakeStreamInit) {
    const { seed = nextSeed(), tombstone = false, key, headers = [] } = init;
    const payload = toPayload("fake stream record", tombstone ? { text: "", ...init } : init);
    super("stream", new FakeMessageSource("stream", { ...init, seed }, payload, init));
    this.partition = init.partition ?? "0";
    this.partitionKey = init.partitionKey;
    this.sequence = init.sequence ?? new Draw("sequence", seed).sequence();
    this.key = key && toBytes(key);
    this.headers = headers.map(([name, value]) => [name, toBytes(value)] as const);
    this.tombstone = tombstone;
  }
}

/** What an adapter tells about a native message, told by an init. */
class FakeMessageSource implements MessageSource {
  readonly native: unknown;
  private readonly init: FakeMessageInit;
  private readonly payload: Buffered;
  private readonly names: { readonly id: string; readonly source: string };

  constructor(kind: Message["kind"], init: FakeMessageInit, payload: Buffered, native: FakeMessageInit = init) {
    this.native = native;
    this.init = init;
    this.payload = payload;
    const id = init.id ?? new Draw(kind, init.seed ?? nextSeed()).uuid();
    this.names = { id, source: init.source ?? `fake-${kind}` };
  }

  id(): string {
    return this.names.id;
  }

  source(): string {
    return this.names.source;
  }

  time(): Date {
    return this.init.time ?? fakeTime;
  }

  body(): Buffered {
    return this.payload;
  }

  attributes(): Readonly<Record<string, string>> {
    return Object.assign(Object.create(null) as Record<string, string>, this.init.attributes);
  }

  contentType(): string | undefined {
    return this.init.contentType;
  }

  correlationId(): string | undefined {
    return this.init.correlationId;
  }

  subject(): string | undefined {
    return this.init.subject;
  }

  replyTo(): string | undefined {
    return this.init.replyTo;
  }

  attempt(): number | undefined {
    return this.init.attempt;
  }
}
