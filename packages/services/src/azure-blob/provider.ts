import type {
  BlobGetPropertiesResponse,
  BlobServiceClient,
  BlockBlobUploadOptions,
  ContainerListBlobHierarchySegmentResponse,
  ModifiedAccessConditions,
  Pipeline,
} from "@azure/storage-blob";
import { toChunks } from "@portico/core/adapter";
import type { Condition, Facts, FailedDelete, Provider, Writing } from "../provider.js";
import { inParallel, untilAborted } from "../signal.js";
import { uploadBlocks } from "./blocks.js";
import { classify } from "./failure.js";
import type { BlobSdk } from "./sdk.js";
import { sign } from "./sign.js";

const deletesAtOnce = 16;
const pollMs = 200;

/** A container of Azure Blob Storage. The SDK is given, since it is loaded when the store is first used. */
export function createProvider(
  sdk: BlobSdk,
  service: BlobServiceClient,
  pipeline: Pipeline,
  containerName: string,
  silenceMs: number,
): Provider {
  const container = service.getContainerClient(containerName);
  const at = (key: string) => {
    // The SDK leaves slashes as they are, and URL parsers resolve dots between them.
    const resolved = key.split("/").some((segment) => segment === "." || segment === "..");
    if (!resolved) return container.getBlockBlobClient(key);
    return new sdk.BlockBlobClient(`${container.url}/${encodeURIComponent(key)}`, pipeline);
  };

  const provider: Provider = {
    silenceMs,
    maxIdleReads: 16,
    resolvesDots: true,
    async get(key, { range, ifMatch, ifNoneMatch, signal }) {
      const { start = 0, end } = range ?? {};
      const output = await at(key).download(start, end === undefined ? undefined : end - start, {
        conditions: {
          ...(ifMatch && { ifMatch: quote(ifMatch) }),
          ...(ifNoneMatch && { ifNoneMatch: quote(ifNoneMatch) }),
        },
        abortSignal: signal,
      });
      const size = Number(output.contentRange?.split("/")[1] ?? output.contentLength ?? 0);
      return {
        info: toFacts(output, size),
        chunks: toChunks(output.readableStreamBody as unknown as AsyncIterable<Uint8Array>),
      };
    },
    async head(key, signal) {
      const output = await at(key).getProperties({ abortSignal: signal });
      return toFacts(output, output.contentLength ?? 0);
    },
    async put(key, { whole, parts }, writing) {
      const options = toOptions(writing);
      const { etag } = whole
        ? await at(key).upload(whole, whole.byteLength, options)
        : await uploadBlocks(at(key), parts, options, writing.signal);
      return toWritten(etag);
    },
    async copy(from, to, signal) {
      const poller = await at(to).beginCopyFromURL(at(from).url, { abortSignal: signal, intervalInMs: pollMs });
      try {
        const { etag } = await untilAborted(poller.pollUntilDone(), signal);
        return toWritten(etag);
      } catch (error) {
        // Where it goes on by itself, it is ended; mostly it is over already, and this is refused.
        await poller.cancelOperation().catch(() => undefined);
        throw error;
      }
    },
    async delete(key, version, signal) {
      try {
        const conditions = version === undefined ? {} : { ifMatch: quote(version) };
        await at(key).delete({ deleteSnapshots: "include", conditions, abortSignal: signal });
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
      const options = { prefix, abortSignal: signal };
      const settings = { maxPageSize: limit, ...(after !== undefined && { continuationToken: after }) };
      const pages =
        delimiter === undefined
          ? container.listBlobsFlat(options).byPage(settings)
          : container.listBlobsByHierarchy(delimiter, options).byPage(settings);
      const { value: page } = await pages.next();
      if (!page) return { objects: [], prefixes: [], next: undefined };
      const { blobItems, blobPrefixes = [] } = page.segment as ContainerListBlobHierarchySegmentResponse["segment"];
      return {
        objects: blobItems.map(({ name, properties }) => ({
          key: name,
          size: properties.contentLength ?? 0,
          ...toWritten(properties.etag),
          lastModified: properties.lastModified,
        })),
        prefixes: blobPrefixes.map(({ name }) => name),
        next: page.continuationToken || undefined,
      };
    },
    signedUrl: (key, signing) => sign(sdk, service, at(key), signing),
    classify,
  };
  return provider;
}

function toOptions({
  contentType,
  contentEncoding,
  cacheControl,
  metadata,
  condition,
  signal,
}: Writing): BlockBlobUploadOptions {
  return {
    blobHTTPHeaders: {
      blobContentType: contentType,
      ...(contentEncoding !== undefined && { blobContentEncoding: contentEncoding }),
      ...(cacheControl !== undefined && { blobCacheControl: cacheControl }),
    },
    metadata: { ...metadata },
    conditions: toConditions(condition),
    abortSignal: signal,
  };
}

function toConditions(condition: Condition | undefined): ModifiedAccessConditions {
  if (condition === undefined) return {};
  return condition === "absent" ? { ifNoneMatch: "*" } : { ifMatch: quote(condition.version) };
}

function quote(etag: string): string {
  return `"${etag}"`;
}

/** Quoted in headers, and plain in lists. */
function toWritten(etag = ""): { readonly etag: string; readonly version: string } {
  const plain = etag.replace(/^"|"$/g, "");
  return { etag: plain, version: plain };
}

function toFacts(
  output: Pick<
    BlobGetPropertiesResponse,
    "etag" | "lastModified" | "contentType" | "contentEncoding" | "cacheControl" | "metadata"
  >,
  size: number,
): Facts {
  return {
    size,
    ...toWritten(output.etag),
    lastModified: output.lastModified ?? new Date(0),
    contentType: output.contentType || "application/octet-stream",
    contentEncoding: output.contentEncoding || undefined,
    cacheControl: output.cacheControl || undefined,
    metadata: Object.assign(Object.create(null), output.metadata),
  };
}
