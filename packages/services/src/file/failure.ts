import { HandlerError } from "@portico/core";
import { fromStoreFailure } from "../failure.js";
import type { FailureCode } from "../provider.js";
import { codeOf } from "./lock.js";

const codes: Readonly<Record<string, FailureCode>> = {
  EACCES: "FORBIDDEN",
  EPERM: "FORBIDDEN",
  EROFS: "FORBIDDEN",
  EFBIG: "TOO_LARGE",
  // These pass, some when somebody makes room.
  ENOSPC: "UNAVAILABLE",
  EDQUOT: "UNAVAILABLE",
  EMFILE: "UNAVAILABLE",
  ENFILE: "UNAVAILABLE",
  EBUSY: "UNAVAILABLE",
};

/** What an error of the file system means. */
export function classify(error: unknown): FailureCode | undefined {
  const code = codeOf(error);
  return fromStoreFailure(error) ?? (code !== undefined && Object.hasOwn(codes, code) ? codes[code] : undefined);
}

/** Whether it says that there is no such file, or that something else is in its place. */
export function isAbsent(error: unknown): boolean {
  const code = codeOf(error);
  return code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR";
}

/** Of a folder that cannot be made or read. Its path is in the cause. */
export function unusable(cause: unknown): HandlerError {
  return new HandlerError("CONFIG_INVALID", "The folder of a store in files cannot be used.", {
    hint: "It has to be a folder that the process may write to, or one that it may make.",
    cause,
  });
}
