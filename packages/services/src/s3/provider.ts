import type { GetObjectCommandInput, HeadObjectCommandOutput, S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import { toChunks } from "@portico/core/adapter";
import type { Condition, Facts, FailedDelete, Provider, Writing } from "../provider.js";
import { loadSdk, sdks } from "../sdk.js";
import { classify, isConflict } from "./failure.js";
import { uploadParts } from "./multipart.js";
import type { S3Sdk } from "./sdk.js";

/** Objects in one request of deletion. */
const mostDeleted = 1000;

/** What no XML can say, not even escaped; an object with such a key is deleted by a request of its own. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it looks for.
const notXml = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;

/** A bucket of S3. The SDK is given, since it is loaded when the store is first used. */
export function createProvider(sdk: S3Sdk, config: S3ClientConfig, bucket: string, silenceMs: number): Provider {
  const client = new sdk.S3Client(config);
  const at = (key: string) => ({ Bucket: bucket, Key: key });
  // A checksum in a signed URL would be one of no bytes, since the body is not known, and would refuse every other.
  let signer: S3Client | undefined;
  const sent = (signal: AbortSignal) => ({ abortSignal: signal });

  const provider: Provider = {
    silenceMs,
    // Of the SDK's 50 connections.
    maxIdleReads: 16,
    resolvesDots: true,
    async get(key, { range, ifMatch, ifNoneMatch, signal }) {
      const input: GetObjectCommandInput = {
        ...at(key),
        Range: range && `bytes=${range.start}-${range.end === undefined ? "" : range.end - 1}`,
        IfMatch: quote(ifMatch),
        IfNoneMatch: quote(ifNoneMatch),
      };
      const output = await client.send(new sdk.GetObjectCommand(input), sent(signal));
      const chunks = toChunks(output.Body as AsyncIterable<Uint8Array>);
      const size = Number(output.ContentRange?.split("/")[1] ?? output.ContentLength ?? 0);
      return { info: toFacts(output, size), chunks };
    },
    async head(key, signal) {
      const output = await client.send(new sdk.HeadObjectCommand(at(key)), sent(signal));
      return toFacts(output, output.ContentLength ?? 0);
    },
    async put(key, { whole, parts }, writing) {
      const target = { ...at(key), ...toHeaders(writing) };
      const condition = toCondition(writing.condition);
      const { signal } = writing;
      const output = whole
        ? await again(() =>
            client.send(new sdk.PutObjectCommand({ ...target, ...condition, Body: whole }), sent(signal)),
          )
        : await uploadParts(sdk, client, { target, condition, parts, signal });
      return toWritten(output.ETag);
    },
    async copy(from, to, signal) {
      const source = [bucket, ...from.split("/")].map(encodeURIComponent).join("/");
      const output = await client.send(new sdk.CopyObjectCommand({ ...at(to), CopySource: source }), sent(signal));
      return toWritten(output.CopyObjectResult?.ETag);
    },
    async delete(key, version, signal) {
      await again(() =>
        client.send(new sdk.DeleteObjectCommand({ ...at(key), IfMatch: quote(version) }), sent(signal)),
      );
    },
    async deleteMany(keys, signal) {
      const failed: FailedDelete[] = [];
      const named = keys.filter((key) => !notXml.test(key));
      for (const key of keys.filter((one) => notXml.test(one))) {
        await provider.delete(key, undefined, signal).catch((error: unknown) => failed.push({ key, error }));
      }
      for (let start = 0; start < named.length; start += mostDeleted) {
        const Objects = named.slice(start, start + mostDeleted).map((Key) => ({ Key }));
        const command = new sdk.DeleteObjectsCommand({ Bucket: bucket, Delete: { Objects, Quiet: true } });
        try {
          const { Errors = [] } = await client.send(command, sent(signal));
          for (const { Key = "", Code, Message } of Errors) {
            failed.push({ key: Key, error: Object.assign(new Error(Message), { name: Code }) });
          }
        } catch (error) {
          // Neither these, nor those that it makes no sense to try now.
          return [...failed, ...named.slice(start).map((key) => ({ key, error }))];
        }
      }
      return failed;
    },
    async list({ prefix, delimiter, limit, after, signal }) {
      const output = await client.send(
        new sdk.ListObjectsV2Command({
          Bucket: bucket,
          Prefix: prefix,
          Delimiter: delimiter,
          MaxKeys: limit,
          ContinuationToken: after,
          // Else a key that others wrote with a control character makes a list that no XML parser reads.
          EncodingType: "url",
        }),
        sent(signal),
      );
      const decode = output.EncodingType === "url" ? decodeListed : (text: string) => text;
      return {
        objects: (output.Contents ?? []).map(({ Key = "", Size = 0, ETag, LastModified = new Date(0) }) => ({
          key: decode(Key),
          size: Size,
          ...toWritten(ETag),
          lastModified: LastModified,
        })),
        prefixes: (output.CommonPrefixes ?? []).map(({ Prefix = "" }) => decode(Prefix)),
        next: output.IsTruncated ? output.NextContinuationToken : undefined,
      };
    },
    async signedUrl(key, { method, expiresInSeconds, contentType }) {
      const { getSignedUrl } = await loadSdk("@aws-sdk/s3-request-presigner", sdks["@aws-sdk/s3-request-presigner"]);
      const command =
        method === "GET"
          ? new sdk.GetObjectCommand({ ...at(key), ResponseContentType: contentType })
          : new sdk.PutObjectCommand({ ...at(key), ContentType: contentType });
      signer ??= new sdk.S3Client({ ...config, requestChecksumCalculation: "WHEN_REQUIRED" });
      const url = await getSignedUrl(signer, command, {
        expiresIn: expiresInSeconds,
        // Told so, the presigner signs it; and untold by us what it is, it would sign one that the SDK makes up.
        ...(contentType !== undefined && { signableHeaders: new Set(["content-type"]) }),
      });
      return { url, headers: method === "PUT" && contentType !== undefined ? { "content-type": contentType } : {} };
    },
    classify,
  };
  return provider;
}

/** S3 answers 409 while another conditional write of the same key is going on, and asks to try again. */
async function again<T>(send: () => Promise<T>): Promise<T> {
  for (let tries = 0; ; tries += 1) {
    try {
      return await send();
    } catch (error) {
      if (!isConflict(error) || tries === 4) throw error;
      await new Promise((resolve) => setTimeout(resolve, 2 ** tries * (20 + Math.random() * 20)));
    }
  }
}

function toHeaders({ contentType, contentEncoding, cacheControl, metadata }: Writing) {
  return {
    ContentType: contentType,
    ContentEncoding: contentEncoding,
    CacheControl: cacheControl,
    Metadata: { ...metadata },
  };
}

function toCondition(condition: Condition | undefined): { IfNoneMatch?: string; IfMatch?: string } {
  if (condition === undefined) return {};
  return condition === "absent" ? { IfNoneMatch: "*" } : { IfMatch: `"${condition.version}"` };
}

function quote(etag: string | undefined): string | undefined {
  return etag === undefined ? undefined : `"${etag}"`;
}

function toWritten(etag = ""): { readonly etag: string; readonly version: string } {
  const plain = etag.replace(/^"|"$/g, "");
  return { etag: plain, version: plain };
}

function toFacts(output: HeadObjectCommandOutput, size: number): Facts {
  return {
    size,
    ...toWritten(output.ETag),
    lastModified: output.LastModified ?? new Date(0),
    contentType: output.ContentType ?? "application/octet-stream",
    contentEncoding: toEncoding(output.ContentEncoding),
    cacheControl: output.CacheControl,
    metadata: Object.assign(Object.create(null), output.Metadata),
  };
}

/** Some servers keep the coding of the request that uploaded it, which is not the content's. */
function toEncoding(codings = ""): string | undefined {
  const kept = codings.split(",").map((coding) => coding.trim());
  return kept.filter((coding) => coding !== "" && coding.toLowerCase() !== "aws-chunked").join(", ") || undefined;
}

/** A space is `+` in S3's form of URL encoding. */
function decodeListed(text: string): string {
  return decodeURIComponent(text.replaceAll("+", " "));
}
