import { type Buffered, type Bytes, toBytes, toJson, toText } from "../payload.js";
import { ShownEvent } from "../printed.js";
import type { Message } from "./neutral-event.js";

/** What an adapter tells about a native message, asked for only when needed. */
export interface MessageSource {
  readonly native: unknown;
  id(): string;
  source(): string;
  time(): Date;
  /** Text as it was sent, or bytes. May throw a HandlerError: then every reader of the payload rejects. */
  body(): Buffered;
  attributes(): Readonly<Record<string, string>>;
  contentType(): string | undefined;
  correlationId(): string | undefined;
  subject(): string | undefined;
  replyTo(): string | undefined;
  attempt(): number | undefined;
}

/** A message over a native one; nothing is decoded before it is asked for. */
export class LazyMessage<K extends string> extends ShownEvent implements Message<K> {
  readonly kind: K;
  readonly "~source": MessageSource;
  private "~attributes": Readonly<Record<string, string>> | undefined = undefined;

  constructor(kind: K, source: MessageSource) {
    super();
    this.kind = kind;
    this["~source"] = source;
  }

  get native(): unknown {
    return this["~source"].native;
  }

  get id(): string {
    return this["~source"].id();
  }

  get source(): string {
    return this["~source"].source();
  }

  get time(): Date {
    return this["~source"].time();
  }

  get attributes(): Readonly<Record<string, string>> {
    this["~attributes"] ??= this["~source"].attributes();
    return this["~attributes"];
  }

  get contentType(): string | undefined {
    return this["~source"].contentType();
  }

  get correlationId(): string | undefined {
    return this["~source"].correlationId();
  }

  get subject(): string | undefined {
    return this["~source"].subject();
  }

  get replyTo(): string | undefined {
    return this["~source"].replyTo();
  }

  get attempt(): number | undefined {
    return this["~source"].attempt();
  }

  text(): Promise<string> {
    return this["~read"](toText);
  }

  json(): Promise<unknown> {
    return this["~read"](toJson);
  }

  bytes(): Promise<Bytes> {
    return this["~read"](toBytes);
  }

  // Not async, since what is here already should cost no more than a promise.
  private "~read"<T>(convert: (body: Buffered) => T): Promise<T> {
    try {
      return Promise.resolve(convert(this["~source"].body()));
    } catch (error) {
      return Promise.reject(error);
    }
  }
}
