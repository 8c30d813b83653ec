import type { ScheduleEvent } from "@portico/core";
import { ShownEvent } from "@portico/core/adapter";

const minuteMs = 60_000;

/** One tick of the clock. */
export class Tick extends ShownEvent implements ScheduleEvent {
  readonly kind = "schedule";
  readonly id: string;
  readonly source: string;
  readonly time: Date;
  readonly scheduledTime: Date;
  readonly late: boolean;
  readonly native: unknown;
  private readonly "~input": unknown;

  constructor(id: string, source: string, scheduledTime: Date, input: unknown, native: unknown) {
    super();
    this.id = id;
    this.source = source;
    this.time = scheduledTime;
    this.scheduledTime = scheduledTime;
    this.late = Date.now() - scheduledTime.getTime() > minuteMs;
    this["~input"] = input;
    this.native = native;
  }

  async json(): Promise<unknown> {
    return this["~input"];
  }
}
