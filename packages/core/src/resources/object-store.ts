import type { StreamSource } from "../kinds/http/http-reply.js";
import type { Bytes } from "../payload.js";
import type { BucketAccess } from "./bucket.js";

/** What every operation takes. */
export interface StoreOptions {
  /** Ends the operation early. Default: the signal of the invocation. */
  readonly signal?: AbortSignal | undefined;
}

/** What a list tells of an object. */
export interface ObjectEntry {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Without quotes; changes with the content. */
  readonly etag: string;
  /** Opaque; changes with every write. For `ifVersion`: an ETag or a generation, as the provider has it. */
  readonly version: string;
  readonly lastModified: Date;
}

/** What is known of an object without its content. */
export interface ObjectInfo extends ObjectEntry {
  /** `application/octet-stream` where the writer gave none. */
  readonly contentType: string;
  /** How the content is packed, such as `gzip`; it comes as it is stored. */
  readonly contentEncoding: string | undefined;
  readonly cacheControl: string | undefined;
  /** By lower-case name; no prototype. */
  readonly metadata: Readonly<Record<string, string>>;
}

/** An object with its content, which is read once: as a stream, or whole. It may be left unread; `head` costs less for its facts alone. */
export interface StoredObject extends ObjectInfo {
  /** The content, or the range that was asked for, chunk by chunk. */
  readonly body: ReadableStream<Bytes>;
  bytes(): Promise<Bytes>;
  text(): Promise<string>;
  /** @throws {HandlerError} INTERNAL when the content is not JSON. */
  json(): Promise<unknown>;
}

/** Bytes `start` up to, and not including, `end`, as `slice` has them. Default: from the first, to the last. */
export interface ByteRange {
  readonly start?: number | undefined;
  readonly end?: number | undefined;
}

export interface GetOptions extends StoreOptions {
  readonly range?: ByteRange | undefined;
  /** Only this ETag; else PRECONDITION_FAILED. */
  readonly ifMatch?: string | undefined;
  /** Only another ETag than this; else PRECONDITION_FAILED: the object is as it was. */
  readonly ifNoneMatch?: string | undefined;
}

/** What a new object is made of: text (as UTF-8), bytes, or chunks of both. A long stream is sent in parts, and never held as a whole. */
export type ObjectBody = string | Uint8Array | StreamSource;

export interface PutOptions extends StoreOptions {
  /** Default: `application/octet-stream`. */
  readonly contentType?: string | undefined;
  /** How the content that is given is packed, such as `gzip`. Default: it is not. */
  readonly contentEncoding?: string | undefined;
  readonly cacheControl?: string | undefined;
  /** Names of lower-case letters, digits and `_`, from a letter; values of printable ASCII; 2048 bytes in all. */
  readonly metadata?: Readonly<Record<string, string>> | undefined;
  /** Only where there is no such object; else ALREADY_EXISTS. */
  readonly ifAbsent?: boolean | undefined;
  /** Only over this version; else PRECONDITION_FAILED. */
  readonly ifVersion?: string | undefined;
}

export interface DeleteOptions extends StoreOptions {
  /** Only this version; else PRECONDITION_FAILED. */
  readonly ifVersion?: string | undefined;
}

export interface ListOptions extends StoreOptions {
  /** Only keys that start with this. */
  readonly prefix?: string | undefined;
  /** Rolls up all keys that share their beginning up to this, behind the prefix, into one of `prefixes`. */
  readonly delimiter?: string | undefined;
  /** Entries of a page, 1 to 1000. Default: 1000. */
  readonly limit?: number | undefined;
  /** The `next` of an earlier page: goes on behind it, in another invocation too. */
  readonly after?: string | undefined;
}

/** One page of a list; it may be empty and have a next one all the same. */
export interface ObjectPage {
  /** By key, in ascending order of its bytes. */
  readonly objects: readonly ObjectEntry[];
  readonly prefixes: readonly string[];
  /** Opaque; undefined on the last page. */
  readonly next: string | undefined;
}

/** What a write made. */
export interface WrittenObject {
  readonly etag: string;
  readonly version: string;
}

export interface SignedUrlOptions<M extends "GET" | "PUT"> extends StoreOptions {
  /** What the URL is good for. */
  readonly method: M;
  /** 1 to 604800, a week. With temporary credentials it ends with them, if they end first. */
  readonly expiresInSeconds: number;
  /** GET: what the answer says it is. PUT: what the upload has to be; refused by providers that cannot hold it to that. */
  readonly contentType?: string | undefined;
}

/** A URL that needs no credentials. Whoever has it may use it until it expires. */
export interface SignedUrl {
  readonly url: string;
  readonly method: "GET" | "PUT";
  /** The client has to send these. */
  readonly headers: Readonly<Record<string, string>>;
  readonly expires: Date;
}

/** What every store has, whatever the access. */
export interface StoreIdentity {
  /** The logical name. */
  readonly name: string;
  /** `s3`, `azblob`, `gs`, `file` or `mem`. */
  readonly provider: string;
  /** For `event.open`: the key in this store of an object that a cloud names by its bucket and full key. */
  readonly "~keyOf": (bucket: string, key: string) => string;
}

/** @throws {HandlerError} in all methods: INPUT_INVALID for a bad key, FORBIDDEN, UNAVAILABLE, and what each says. */
export interface ReadStore extends StoreIdentity {
  /** @throws {HandlerError} NOT_FOUND; PRECONDITION_FAILED; INPUT_INVALID for a range that starts behind the end. */
  get(key: string, options?: GetOptions): Promise<StoredObject>;
  /** @throws {HandlerError} NOT_FOUND */
  head(key: string, options?: StoreOptions): Promise<ObjectInfo>;
  exists(key: string, options?: StoreOptions): Promise<boolean>;
}

export interface WriteStore extends StoreIdentity {
  /**
   * Nothing of it is visible before all of it is there.
   *
   * @throws {HandlerError} ALREADY_EXISTS with `ifAbsent`; PRECONDITION_FAILED with `ifVersion`; TOO_LARGE.
   */
  put(key: string, body: ObjectBody, options?: PutOptions): Promise<WrittenObject>;
}

export interface CopyStore extends StoreIdentity {
  /**
   * Copies within the bucket, without the content passing through here; its facts go with it. What is copied may have any
   * key; the copy's is a new one.
   *
   * @throws {HandlerError} NOT_FOUND
   */
  copy(from: string, to: string, options?: StoreOptions): Promise<WrittenObject>;
}

export interface DeleteStore extends StoreIdentity {
  /**
   * What is not there is deleted already.
   *
   * @throws {HandlerError} PRECONDITION_FAILED with `ifVersion`.
   */
  delete(key: string, options?: DeleteOptions): Promise<void>;
  /** @throws {HandlerError} the first failure, with `details.failed`, the keys that may still be there. */
  deleteMany(keys: readonly string[], options?: StoreOptions): Promise<void>;
}

export interface ListStore extends StoreIdentity {
  /** Pages, each asked for when the loop comes to it. */
  list(options?: ListOptions): AsyncIterable<ObjectPage>;
}

export interface SigningStore<M extends "GET" | "PUT"> extends StoreIdentity {
  /** @throws {HandlerError} NOT_IMPLEMENTED where the provider cannot. */
  signedUrl(key: string, options: SignedUrlOptions<M>): Promise<SignedUrl>;
}

type Methods<A extends BucketAccess> = ("read" extends A ? "GET" : never) | ("write" extends A ? "PUT" : never);

/** A store with what the declared access allows, and nothing else: a bucket to read from has no `put`. */
export type StoreOf<A extends BucketAccess> = StoreIdentity &
  ("read" extends A ? ReadStore : unknown) &
  ("write" extends A ? WriteStore : unknown) &
  ("delete" extends A ? DeleteStore : unknown) &
  ("list" extends A ? ListStore : unknown) &
  ("read" extends A ? ("write" extends A ? CopyStore : unknown) : unknown) &
  ([Methods<A>] extends [never] ? unknown : SigningStore<Methods<A>>);

/** A store with every access. */
export type ObjectStore = StoreOf<BucketAccess>;
