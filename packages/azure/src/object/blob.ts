import type { Capabilities, ObjectEvent, OpenedObject, ReadStore } from "@portico/core";
import { objectFacts, openObject, ShownEvent } from "@portico/core/adapter";
import { type Lookup, lookUp, own, toText, toTime } from "../messages/metadata.js";
import { type Cell, foreign } from "../messages.js";

export const capabilities: Capabilities = {
  kind: "object",
  source: "Blob trigger",
  batch: false,
  redelivery: "message",
  order: "none",
  retryDelay: false,
  deadLetter: "sink-or-redelivery",
  attempt: false,
  deadline: false,
  see: "https://learn.microsoft.com/azure/azure-functions/functions-bindings-storage-blob-trigger#poison-blobs",
};

/** A blob that was created or overwritten. Its id is its path with its version: the ETag, or else the time of its last change. */
export const blob: Cell<ObjectEvent> = {
  capabilities,
  read: (input, azure) => {
    const path = toText(lookUp(azure, undefined)("blobTrigger"));
    const slash = path?.indexOf("/") ?? -1;
    if (path === undefined || slash <= 0) throw foreign("A blob with its path", input);
    const event = new BlobEvent(path.slice(0, slash), path.slice(slash + 1), input, lookUp(azure, undefined));
    return [{ event, fields: { blob: path } }];
  },
};

class BlobEvent extends ShownEvent implements ObjectEvent {
  readonly kind = "object";
  readonly action = "created";
  readonly permanent = undefined;
  readonly sequence = undefined;
  readonly bucket: string;
  readonly key: string;
  readonly native: unknown;
  private readonly "~metadata": Lookup;
  private readonly "~arrived" = new Date();

  constructor(bucket: string, key: string, native: unknown, metadata: Lookup) {
    super();
    this.bucket = bucket;
    this.key = key;
    this.native = native;
    this["~metadata"] = metadata;
  }

  get id(): string {
    const version = this.etag ?? toText(this["~property"]("lastModified")) ?? "";
    return `${this.bucket}/${this.key}@${version}`;
  }

  /** The container's address. */
  get source(): string {
    const address = toText(this["~metadata"]("uri")) ?? "";
    const [, origin] = /^(https?:\/\/[^/]+)\//.exec(address) ?? [];
    return origin === undefined ? this.bucket : `${origin}/${this.bucket}`;
  }

  get time(): Date {
    return toTime(this["~property"]("lastModified")) ?? this["~arrived"];
  }

  get size(): number | undefined {
    const size = this["~property"]("contentLength") ?? this["~property"]("length");
    return typeof size === "number" ? size : undefined;
  }

  /** Unquoted. Some versions of the host's extension lose it. */
  get etag(): string | undefined {
    return toText(this["~property"]("eTag"))?.replace(/^"|"$/g, "");
  }

  get version(): string | undefined {
    return toText(this["~property"]("versionId"));
  }

  get contentType(): string | undefined {
    return toText(this["~property"]("contentType"));
  }

  async json(): Promise<unknown> {
    return objectFacts(this);
  }

  open(store: ReadStore): OpenedObject {
    return openObject(this, store);
  }

  private "~property"(name: string): unknown {
    return own(this["~metadata"]("properties"), name);
  }
}
