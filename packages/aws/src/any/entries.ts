import type { AnyFunction, Trigger } from "@portico/core";
import { type ChangeOptions, change } from "../change.js";
import type { LambdaContext } from "../context.js";
import { detect } from "../detect.js";
import { type EventOptions, event } from "../event.js";
import { type HttpEvent, type HttpOptions, http } from "../http.js";
import { type InvokeOptions, invoke } from "../invoke.js";
import { type ObjectOptions, object } from "../object.js";
import { type QueueOptions, queue } from "../queue.js";
import { type ScheduleOptions, schedule } from "../schedule.js";
import { type StreamOptions, stream } from "../stream.js";
import { type TopicOptions, topic } from "../topic.js";

/** The options of each kind, as its own entry takes them. HTTP cannot stream here. */
export interface KindOptions {
  readonly http?: HttpOptions | undefined;
  readonly queue?: QueueOptions | undefined;
  readonly topic?: TopicOptions | undefined;
  readonly stream?: StreamOptions | undefined;
  readonly object?: ObjectOptions | undefined;
  readonly change?: ChangeOptions | undefined;
  readonly schedule?: ScheduleOptions | undefined;
  readonly event?: EventOptions | undefined;
  readonly invoke?: InvokeOptions | undefined;
}

/** A function that is ready to run, and the events it takes. */
export interface Entry {
  takes(event: unknown): boolean;
  run(event: unknown, lambda: LambdaContext): Promise<unknown>;
}

interface OwnEntry {
  (event: unknown, lambda: LambdaContext): Promise<unknown>;
  readonly "~takes": (event: unknown) => boolean;
}

const requests: ReadonlySet<string> = new Set(["apigw-v1", "apigw-v2", "function-url", "alb", "lattice"]);

type Create = (fn: never, options: KindOptions) => Entry;

/** One per kind, from the most to the least particular: an event goes to the first kind that takes it. */
export const creators: Readonly<Record<string, Create>> = {
  http: (fn, options) => {
    const handler = http(fn, options.http);
    return {
      takes: (event) => requests.has(detect(event)),
      run: (event, lambda) => handler(event as HttpEvent, lambda),
    };
  },
  queue: (fn, options) => toEntry(queue(fn, options.queue)),
  topic: (fn, options) => toEntry(topic(fn, options.topic)),
  stream: (fn, options) => toEntry(stream(fn, options.stream)),
  object: (fn, options) => toEntry(object(fn, options.object)),
  change: (fn, options) => toEntry(change(fn, options.change)),
  schedule: (fn, options) => toEntry(schedule(fn, options.schedule)),
  event: (fn, options) => toEntry(event(fn, options.event)),
  invoke: (fn, options) => toEntry(invoke(fn, options.invoke)),
} satisfies Record<keyof KindOptions, Create>;

function toEntry(handler: OwnEntry): Entry {
  return { takes: handler["~takes"], run: handler };
}

/** Any portable function. */
export type SomeFunction = AnyFunction<Trigger>;
