import type { Request } from "@google-cloud/functions-framework";
import type { Bytes } from "@portico/core";
import { describe, type ParsedCloudEvent, parseCloudEvents, toRawJson } from "@portico/core/adapter";
import type { GcpSource } from "./http/source.js";
import { fromLegacy, isLegacy } from "./legacy.js";
import { isPush, type PubSubDelivery, toDelivery, withMetadata } from "./pubsub/delivery.js";

/** A request that brings an event, and what it can be taken for. Nothing is parsed before it is asked for. */
export class Arrival {
  readonly request: Request;
  readonly source: GcpSource;
  readonly body: Bytes;
  readonly time: Date;
  private parsedJson: { readonly value: unknown } | undefined = undefined;
  private parsedEvents: readonly ParsedCloudEvent[] | undefined = undefined;

  constructor(request: Request, source: GcpSource, body: Bytes, time: Date) {
    this.request = request;
    this.source = source;
    this.body = body;
    this.time = time;
  }

  header(name: string): string | undefined {
    return this.source.header(name);
  }

  /** @see https://cloud.google.com/tasks/docs/creating-http-target-tasks#handler */
  get isTask(): boolean {
    return this.header("x-cloudtasks-taskname") !== undefined;
  }

  /** @see https://cloud.google.com/scheduler/docs/reference/rpc/google.cloud.scheduler.v1#httptarget */
  get isTick(): boolean {
    return this.header("x-cloudscheduler") === "true";
  }

  /** Whether the request is a CloudEvent, or tries to be one. */
  get isCloudEvent(): boolean {
    if (/^[ \t]*application\/cloudevents/i.test(this.header("content-type") ?? "")) return true;
    return ["ce-specversion", "ce-type", "ce-source", "ce-id"].some((name) => this.header(name) !== undefined);
  }

  /**
   * The CloudEvents of the request, in any mode; a background event of the first generation counts as one.
   *
   * @throws {HandlerError} EVENT_MALFORMED or UNSUPPORTED_MEDIA_TYPE when they cannot be read.
   */
  get events(): readonly ParsedCloudEvent[] | undefined {
    this.parsedEvents ??= this.readEvents();
    return this.parsedEvents;
  }

  private readEvents(): readonly ParsedCloudEvent[] | undefined {
    if (!this.isCloudEvent) return isLegacy(this.json) ? [fromLegacy(this.json)] : undefined;
    const headerNames = Array.from(this.source.headerEntries(), ([name]) => name);
    return parseCloudEvents({ headers: (name) => this.header(name), headerNames, body: this.body });
  }

  /** The message of a Pub/Sub push, unless the request is a CloudEvent: attributes named `ce-*` make it one. */
  get push(): PubSubDelivery | undefined {
    if (this.isCloudEvent) return undefined;
    if (this.header("x-goog-pubsub-message-id") !== undefined) return withMetadata(this);
    return isPush(this.json) ? toDelivery(this.json, this.json) : undefined;
  }

  /** The body as JSON; undefined when it is none. */
  get json(): unknown {
    this.parsedJson ??= { value: tryJson(this.body) };
    return this.parsedJson.value;
  }

  /** What came, for an error. */
  get what(): string {
    if (this.isTask) return "a task of Cloud Tasks";
    if (this.isTick) return "a call of Cloud Scheduler";
    if (this.isCloudEvent) return "a CloudEvent";
    if (this.push) return "a message of Pub/Sub";
    if (this.events) return "a background event";
    return this.body.byteLength === 0
      ? "a request without a body"
      : this.json === undefined
        ? "a request that is not JSON"
        : `a request whose JSON is ${describe(this.json)}`;
  }

  /** Whether it is an event of some kind. */
  get isEvent(): boolean {
    return this.isTask || this.isTick || this.isCloudEvent || this.push !== undefined || this.events !== undefined;
  }
}

function tryJson(body: Bytes): unknown {
  // Anything else is no object, and every JSON that counts here is one.
  if (!/^\s*\{/.test(String.fromCharCode(...body.subarray(0, 64)))) return undefined;
  try {
    return toRawJson(body);
  } catch {
    return undefined;
  }
}
