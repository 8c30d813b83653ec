import type { Choices, History } from "./history.js";
import type { Process, World } from "./world.js";

/** What came of a delivery, as its platform sees it: the answer as JSON, or a failure of any kind. */
export type Answer =
  | { readonly ok: true; readonly result: unknown }
  /** `lost` where the platform never had an answer: the process died, or the connection did. */
  | { readonly ok: false; readonly lost?: boolean };

/** The native event of a delivery, and what the platform does once it is answered. */
export interface NativeDelivery {
  readonly event: unknown;
  /** Takes the answer: acknowledges through the world, and keeps what has to come again. */
  settle(answer: Answer): void;
}

/** A platform at work on one history. */
export interface Platform {
  /** Undefined when there is nothing left to deliver. */
  next(): NativeDelivery | undefined;
}

/** One way in which a platform delivers, and delivers again. */
export interface Model {
  readonly name: string;
  /** Whether messages of one group have an order. */
  readonly ordered: boolean;
  /** The entry of a fresh process. */
  entry(world: World, process: Process): (event: unknown, deadlineMs: number) => Promise<unknown>;
  start(world: World, history: History, choices: Choices): Platform;
  /** An answer that says that all went well: what an adapter that loses messages would say. */
  readonly success: unknown;
  /** The event as it makes the adapter lose messages, where its answer is not what tells of them. */
  lose?(event: never): unknown;
  /** What the platform gives one delivery, in milliseconds. Default: `timeMs`. */
  readonly timeMs?: number;
  /** The event with its messages in the wrong order, for models that have one. */
  reorder?(event: never): unknown;
}

/** What a platform gives one delivery, unless its model says otherwise. */
export const timeMs = 1000;

/** How the adapter is made wrong, to see that the model tells. */
export type Fault = "loss" | "reordering" | "overlap";
