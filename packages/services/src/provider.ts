import type { ObjectInfo, ObjectPage, SignedUrl, WrittenObject } from "@portico/core";
import type { Chunks } from "@portico/core/adapter";
import type { Upload } from "./upload.js";

/** Where a store is, and how to open it; nothing is loaded before that. `s3(...)` and its like make one, and so does a URL. */
export interface StoreBinding {
  /** `s3`, `azblob`, `gs`, `file` or `mem`. */
  readonly provider: string;
  /** The bucket or container; undefined where there is none, and events of any bucket are taken. */
  readonly bucket: string | undefined;
  /** In front of every key; empty, or ends with a slash. */
  readonly prefix: string;
  /** The packages it loads, which have to be installed. Default: none. */
  readonly needs?: readonly string[] | undefined;
  open(): Promise<Provider>;
}

/** Bytes from `start` up to, and not including, `end`. */
export interface Range {
  readonly start: number;
  readonly end: number | undefined;
}

export interface Reading {
  readonly range: Range | undefined;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly signal: AbortSignal;
}

/** The facts of an object without its key. */
export type Facts = Omit<ObjectInfo, "key">;

/** An object on its way. Its size is that of the whole object, also where a range of it comes. */
export interface Download {
  readonly info: Facts;
  readonly chunks: Chunks;
}

/** What a write is asked for; every part of it is checked. */
export interface Writing {
  readonly contentType: string;
  readonly contentEncoding: string | undefined;
  readonly cacheControl: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly condition: Condition | undefined;
  readonly signal: AbortSignal;
}

/** What has to be there for a write to happen: nothing, or this version. */
export type Condition = "absent" | { readonly version: string };

export interface Listing {
  readonly prefix: string;
  readonly delimiter: string | undefined;
  readonly limit: number;
  /** What an earlier page gave as `next`. */
  readonly after: string | undefined;
  readonly signal: AbortSignal;
}

export interface Signing {
  readonly method: "GET" | "PUT";
  readonly expiresInSeconds: number;
  readonly contentType: string | undefined;
}

/** Why an operation failed, in the words that all providers share. */
export type FailureCode =
  | "NO_BUCKET"
  | "NOT_FOUND"
  | "ALREADY_EXISTS"
  | "PRECONDITION_FAILED"
  | "FORBIDDEN"
  | "TOO_LARGE"
  | "RANGE"
  | "AFTER"
  | "UNAVAILABLE";

export interface FailedDelete {
  readonly key: string;
  readonly error: unknown;
}

/**
 * One provider, in its own full keys. It translates, and nothing else: keys, options and errors are checked and shaped in front of it.
 * It rejects with its own errors; `classify` says what they mean.
 */
export interface Provider {
  /** Milliseconds that a download may say nothing while somebody waits for it. */
  readonly silenceMs: number;
  /** Downloads that may hold a connection while nobody reads them. */
  readonly maxIdleReads: number;
  /** Whether keys stand in the path of a URL, where what is on the way may resolve `.` and `..`, and a key could lead out of the prefix. */
  readonly resolvesDots: boolean;
  get(key: string, reading: Reading): Promise<Download>;
  head(key: string, signal: AbortSignal): Promise<Facts>;
  /** Leaves nothing behind when it fails. */
  put(key: string, upload: Upload, writing: Writing): Promise<WrittenObject>;
  copy(from: string, to: string, signal: AbortSignal): Promise<WrittenObject>;
  /** Resolves where there is nothing to delete, unless a version is asked for. */
  delete(key: string, version: string | undefined, signal: AbortSignal): Promise<void>;
  /** Gives the keys that were not deleted. */
  deleteMany(keys: readonly string[], signal: AbortSignal): Promise<readonly FailedDelete[]>;
  list(listing: Listing): Promise<ObjectPage>;
  signedUrl(key: string, signing: Signing): Promise<Pick<SignedUrl, "url" | "headers">>;
  classify(error: unknown): FailureCode | undefined;
}
