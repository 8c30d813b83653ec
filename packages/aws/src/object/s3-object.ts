import type { ObjectAction, ObjectEvent, OpenedObject, ReadStore } from "@portico/core";
import { objectFacts, openObject, ShownEvent } from "@portico/core/adapter";

/** What an object event is made of. */
export type ObjectParts = Omit<ObjectEvent, "kind" | "json" | "open">;

/** Something happened to an object of S3. */
export class S3Object extends ShownEvent implements ObjectEvent {
  readonly kind = "object";
  readonly id: string;
  readonly source: string;
  readonly time: Date;
  readonly native: unknown;
  readonly bucket: string;
  readonly key: string;
  readonly action: ObjectAction;
  readonly permanent: boolean | undefined;
  readonly size: number | undefined;
  readonly etag: string | undefined;
  readonly version: string | undefined;
  readonly sequence: string | undefined;
  /** S3 does not tell. */
  readonly contentType: undefined;

  constructor(parts: ObjectParts) {
    super();
    this.id = parts.id;
    this.source = parts.source;
    this.time = parts.time;
    this.native = parts.native;
    this.bucket = parts.bucket;
    this.key = parts.key;
    this.action = parts.action;
    this.permanent = parts.permanent;
    this.size = parts.size;
    this.etag = parts.etag;
    this.version = parts.version;
    this.sequence = parts.sequence;
    this.contentType = undefined;
  }

  async json(): Promise<unknown> {
    return objectFacts(this);
  }

  open(store: ReadStore): OpenedObject {
    return openObject(this, store);
  }
}
