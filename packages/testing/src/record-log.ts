import type { LogFields, Logger, LogLevel } from "@portico/core";

/** A log entry as it was written, with the fields of its logger. */
export interface FakeLogEntry {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: LogFields;
}

/** A logger that keeps what is logged. */
export function createRecorder(logs: FakeLogEntry[], fields: LogFields = {}): Logger {
  const write = (level: LogLevel) => (message: string, more?: LogFields) => {
    logs.push({ level, message, fields: { ...fields, ...more } });
  };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    child: (more) => createRecorder(logs, { ...fields, ...more }),
  };
}
