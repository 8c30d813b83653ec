import type { FunctionTrigger } from "@azure/functions";
import type { Context, ObjectEvent } from "@portico/core";
import { type Carrier, single } from "../delivery.js";
import { fieldsOf } from "../fields.js";
import { host } from "../host-value.js";
import type { BlobPattern } from "./pattern.js";

/** What the carrier of a container is made of. */
export interface Container {
  readonly account: string;
  readonly pattern: BlobPattern;
  /** Undefined where no content was given a source: then nothing can be encoded. */
  readonly content: ((event: ObjectEvent, context: Context | undefined) => Promise<Uint8Array>) | undefined;
}

const fields = fieldsOf("A blob of the Blob trigger");

/** Blobs with their content, as the Blob trigger hands them over. */
export function blob(trigger: FunctionTrigger, { account, pattern, content }: Container): Carrier<ObjectEvent> {
  return {
    trigger,
    many: false,
    async prepare(event, context) {
      const { bucket, key, action } = event;
      if (action !== "created") throw fields.refuse("action", `the Blob trigger does not tell of what was ${action}`);
      if (bucket === "" || bucket.includes("/") || key === "")
        throw fields.refuse("bucket", "a container's name is not empty and has no slash, and a blob's is not empty");
      const path = `${demand("bucket", bucket)}/${demand("key", key)}`;
      if (isJson(path)) throw fields.refuse("key", "the worker's library would parse it");
      const tokens = pattern(path);
      if (tokens === undefined) throw fields.refuse("key", "the trigger's path does not match it");
      if (content === undefined)
        throw fields.refuse("content", "nobody gives it", "Pass `content: (event) => Promise`.");
      const address = event.source.startsWith("https://") && event.source.endsWith(`/${bucket}`);
      const facts = {
        BlobTrigger: { text: path },
        Uri: { json: `${address ? event.source : addressOf(account, bucket)}/${encodeURI(key)}` },
        Properties: { json: toProperties(event) },
        Metadata: { json: {} },
        ...Object.fromEntries(Object.entries(tokens).map(([name, text]) => [name, { text }])),
      };
      return { event, input: host.bytes(await content(event, context)), facts, shared: {} };
    },
    join: (parts) => single(parts),
  };
}

function addressOf(account: string, bucket: string): string {
  return `https://${account}.blob.core.windows.net/${bucket}`;
}

function demand(field: string, value: string): string {
  return fields.text(field, value) as string;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** The blob's properties under the names of .NET; what is not known has the value that it has for a new blob. */
function toProperties(event: ObjectEvent): object {
  const { time, size, etag, version, contentType } = event;
  const modified = `${fields.time(time)}+00:00`;
  if (etag !== undefined && /^"|"$/.test(etag)) throw fields.refuse("etag", "it has quotes of its own");
  if (size !== undefined && (!Number.isSafeInteger(size) || size < 0 || Object.is(size, -0)))
    throw fields.refuse("size", "it is no number of bytes");
  return {
    LastModified: modified,
    CreatedOn: modified,
    Metadata: {},
    ObjectReplicationDestinationPolicyId: null,
    ObjectReplicationSourceProperties: null,
    BlobType: 0,
    LeaseDuration: 0,
    LeaseState: 0,
    LeaseStatus: 1,
    ContentLength: size,
    ContentType: fields.text("contentType", contentType),
    // One that is not known is what the extension's current versions write of every one.
    ETag: etag === undefined || etag === "" ? {} : `"${demand("etag", etag)}"`,
    ContentHash: null,
    ContentEncoding: null,
    ContentDisposition: null,
    ContentLanguage: null,
    CacheControl: null,
    BlobSequenceNumber: 0,
    AcceptRanges: "bytes",
    IsServerEncrypted: true,
    AccessTier: "Hot",
    AccessTierInferred: true,
    VersionId: fields.text("version", version) ?? null,
    IsLatestVersion: false,
    TagCount: 0,
    ExpiresOn: "0001-01-01T00:00:00+00:00",
    IsSealed: false,
    LastAccessed: "0001-01-01T00:00:00+00:00",
    HasLegalHold: false,
  };
}
