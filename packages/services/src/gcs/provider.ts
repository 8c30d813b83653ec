import type { Bucket, FileMetadata } from "@google-cloud/storage";
import { StoreFailure } from "../failure.js";
import { checkEtag } from "../memory.js";
import type { Condition, Facts, FailedDelete, Provider } from "../provider.js";
import { inParallel, untilAborted } from "../signal.js";
import { download } from "./download.js";
import { classify } from "./failure.js";
import { uploadResumable } from "./resumable.js";

const deletesAtOnce = 16;
/** Reads of one object that may find it replaced between its facts and its content: as often as many writers at once can do it. */
const mostReplaced = 20;

/** A bucket of Cloud Storage, as the SDK has opened it. */
export function createProvider(bucket: Bucket, silenceMs: number): Provider {
  const at = (key: string) => {
    // In a URL they are the bucket itself, or what is above it.
    if (key === "." || key === "..") throw new StoreFailure("NOT_FOUND", key);
    return bucket.file(key);
  };
  const provider: Provider = {
    silenceMs,
    maxIdleReads: 16,
    // A slash of a key is encoded, so that it is one segment; alone, dots are no name that Cloud Storage gives.
    resolvesDots: false,
    async get(key, reading) {
      for (let tries = 1; ; tries += 1) {
        const [metadata] = await untilAborted(at(key).getMetadata(), reading.signal);
        const info = toFacts(metadata);
        checkEtag(info, reading.ifMatch, reading.ifNoneMatch);
        try {
          return { info, chunks: await download(bucket, key, info, reading, silenceMs) };
        } catch (error) {
          // The facts were there, so it is not missing: another generation has taken its place.
          if (classify(error) !== "NOT_FOUND") throw error;
          if (tries === mostReplaced)
            throw new StoreFailure("UNAVAILABLE", "It was replaced faster than it could be read.");
        }
      }
    },
    async head(key, signal) {
      const [metadata] = await untilAborted(at(key).getMetadata(), signal);
      return toFacts(metadata);
    },
    async put(key, { whole, parts }, { contentType, contentEncoding, cacheControl, metadata, condition, signal }) {
      const file = at(key);
      const resource = {
        contentType,
        ...(contentEncoding !== undefined && { contentEncoding }),
        ...(cacheControl !== undefined && { cacheControl }),
        metadata: { ...metadata },
      };
      const preconditionOpts = toConditions(condition);
      if (parts) return toWritten(await uploadResumable(file, parts, { metadata: resource, preconditionOpts }, signal));
      const options = { resumable: false, contentType, metadata: resource, preconditionOpts };
      await untilAborted(file.save(Buffer.from(whole.buffer, whole.byteOffset, whole.byteLength), options), signal);
      return toWritten(file.metadata);
    },
    async copy(from, to, signal) {
      const [copied, response] = await untilAborted(at(from).copy(at(to)), signal);
      return toWritten({ ...copied.metadata, ...(response as { resource?: FileMetadata }).resource });
    },
    async delete(key, version, signal) {
      try {
        await untilAborted(at(key).delete(version === undefined ? {} : { ifGenerationMatch: version }), signal);
      } catch (error) {
        if (version !== undefined || classify(error) !== "NOT_FOUND") throw error;
      }
    },
    async deleteMany(keys, signal) {
      const failed: FailedDelete[] = [];
      await inParallel(keys, deletesAtOnce, (key) =>
        provider.delete(key, undefined, signal).catch((error: unknown) => {
          failed.push({ key, error });
        }),
      );
      return failed;
    },
    async list({ prefix, delimiter, limit, after, signal }) {
      const query = {
        prefix,
        maxResults: limit,
        autoPaginate: false,
        ...(delimiter !== undefined && { delimiter }),
        ...(after !== undefined && { pageToken: after }),
      };
      const [files, , response] = await untilAborted(bucket.getFiles(query), signal);
      const { prefixes = [], nextPageToken } = response as { prefixes?: string[]; nextPageToken?: string };
      return {
        objects: files.map(({ name, metadata }) => {
          const { size, etag, version, lastModified } = toFacts(metadata);
          return { key: name, size, etag, version, lastModified };
        }),
        prefixes,
        next: nextPageToken || undefined,
      };
    },
    async signedUrl(key, { method, expiresInSeconds, contentType }) {
      const upload = method === "PUT";
      const [url] = await at(key).getSignedUrl({
        version: "v4",
        action: upload ? "write" : "read",
        expires: Date.now() + expiresInSeconds * 1000,
        ...(contentType !== undefined && (upload ? { contentType } : { responseType: contentType })),
      });
      return { url, headers: upload && contentType !== undefined ? { "content-type": contentType } : {} };
    },
    classify,
  };
  return provider;
}

function toConditions(condition: Condition | undefined): { readonly ifGenerationMatch?: string | number } {
  if (condition === undefined) return {};
  return { ifGenerationMatch: condition === "absent" ? 0 : condition.version };
}

function toWritten({ etag = "", generation = "" }: FileMetadata): { readonly etag: string; readonly version: string } {
  return { etag, version: String(generation) };
}

function toFacts(metadata: FileMetadata): Facts {
  return {
    size: Number(metadata.size ?? 0),
    ...toWritten(metadata),
    lastModified: new Date(metadata.updated ?? 0),
    contentType: metadata.contentType ?? "application/octet-stream",
    contentEncoding: metadata.contentEncoding || undefined,
    cacheControl: metadata.cacheControl,
    metadata: Object.assign(Object.create(null), metadata.metadata),
  };
}
