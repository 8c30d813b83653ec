import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";

/** An object as an own fake keeps it. */
export interface Kept {
  readonly body: Buffer;
  readonly etag: string;
  readonly generation: number;
  readonly updated: Date;
  readonly contentType: string;
  readonly cacheControl: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  /** `gzip`, where the writer has packed it. */
  readonly contentEncoding?: string | undefined;
}

export type NewObject = Pick<Kept, "body" | "contentType" | "cacheControl" | "metadata" | "contentEncoding"> & {
  readonly etag?: string;
};

/** What the own fakes of S3 and Cloud Storage keep: objects by key, each write with a generation of its own. */
export class Objects {
  private readonly kept = new Map<string, Kept>();
  private generation = 1_700_000_000_000_000;

  get(key: string): Kept | undefined {
    return this.kept.get(key);
  }

  put(key: string, object: NewObject): Kept {
    this.generation += 1;
    const etag = object.etag ?? createHash("md5").update(object.body).digest("hex");
    const made = { ...object, etag, generation: this.generation, updated: new Date() };
    this.kept.set(key, made);
    return made;
  }

  delete(key: string): void {
    this.kept.delete(key);
  }

  /** In the order of the keys' bytes, as both services have them. */
  list(prefix: string, delimiter: string, after: string, limit: number) {
    const entries: { readonly key: string; readonly object?: Kept }[] = [];
    const keys = [...this.kept.keys()]
      .filter((key) => key.startsWith(prefix))
      .sort((one, two) => Buffer.from(one).compare(Buffer.from(two)));
    for (const key of keys) {
      const end = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
      const rolled = end < 0 ? undefined : key.slice(0, end + delimiter.length);
      const name = rolled ?? key;
      const passed = Buffer.from(name).compare(Buffer.from(after)) <= 0;
      if ((after !== "" && passed) || entries.at(-1)?.key === name) continue;
      if (entries.length === limit) return { entries, next: entries.at(-1)?.key };
      entries.push(rolled === undefined ? { key, object: this.kept.get(key) as Kept } : { key: name });
    }
    return { entries, next: undefined };
  }
}

/** The four bytes of a CRC-32, as S3 writes them. */
export function crc32Base64(body: Uint8Array): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString("base64");
}
