import type { HandlerResult } from "../outcome.js";
import type { GroupCursor } from "./groups.js";
import type { Stay } from "./in-flight.js";

/** What runs one message after the other. */
export class Worker implements GroupCursor {
  group: readonly number[] | undefined = undefined;
  taken = 0;
  /** The message that it is at. */
  index = 0;
  /** The handler that it waits for. */
  running: PromiseLike<unknown> | undefined = undefined;
  isAbandoned = false;
  /** Its place among what is in flight, where that is tracked. */
  stay: Stay | undefined = undefined;
  /** Take what the handler gave; made once for all its messages. */
  readonly onResult: (result: HandlerResult) => void;
  readonly onFailure: (error: unknown) => void;

  constructor(onResult: Worker["onResult"], onFailure: Worker["onFailure"]) {
    this.onResult = onResult;
    this.onFailure = onFailure;
  }

  leaveGroup(): void {
    this.stay?.leave();
    this.stay = undefined;
  }
}
