import { HandlerError } from "@portico/core";
import { toPrefix } from "./location.js";
import { once } from "./once.js";
import type { StoreBinding } from "./provider.js";

type Parameters = Readonly<Record<string, string | undefined>>;

interface Scheme {
  /** The parameters that a URL may have. */
  readonly parameters: readonly string[];
  /** What comes before and after the first slash behind the scheme. */
  readonly form: string;
  read(host: string, path: string, parameters: Parameters): StoreBinding;
}

/** Each loads its provider only when the store is opened; so a bundle that splits loads what it uses. */
const schemes: Readonly<Record<string, Scheme>> = {
  s3: {
    parameters: ["region", "endpoint", "pathStyle"],
    form: "s3://bucket/prefix?region=eu-west-1",
    read(bucket, path, { region, endpoint, pathStyle }) {
      if (pathStyle !== undefined && !/^(true|false)$/.test(pathStyle)) throw new Error("pathStyle is true or false");
      const prefix = toPrefix(path);
      const style = pathStyle === undefined ? undefined : pathStyle === "true";
      const load = async () => (await import("./s3.js")).s3({ bucket, prefix, region, endpoint, pathStyle: style });
      return lazily("s3", named(bucket, "bucket"), prefix, load, ["@aws-sdk/client-s3"]);
    },
  },
  azblob: {
    parameters: ["connection", "endpoint"],
    form: "azblob://account/container/prefix?connection=STORAGE_CONNECTION",
    read(account, path, { connection, endpoint }) {
      const [container = "", ...rest] = path.split("/");
      const prefix = toPrefix(rest.join("/"));
      const options = { account: named(account, "account"), container, prefix, connection, endpoint };
      const load = async () => (await import("./azure-blob.js")).azureBlob(options);
      const needs = ["@azure/storage-blob", ...(connection === undefined ? ["@azure/identity"] : [])];
      return lazily("azblob", named(container, "container"), prefix, load, needs);
    },
  },
  gs: {
    parameters: ["endpoint"],
    form: "gs://bucket/prefix",
    read(bucket, path, { endpoint }) {
      const prefix = toPrefix(path);
      const load = async () => (await import("./gcs.js")).gcs({ bucket, prefix, endpoint });
      return lazily("gs", named(bucket, "bucket"), prefix, load, ["@google-cloud/storage"]);
    },
  },
  file: {
    parameters: [],
    form: "file:///absolute/folder",
    read(host, path) {
      if (host !== "" || path === "") throw new Error("a folder is absolute: three slashes");
      const directory = /^[a-z]:(\/|$)/i.test(path) ? path : `/${path}`;
      return lazily("file", undefined, "", async () => (await import("./file.js")).file({ directory }));
    },
  },
  mem: {
    parameters: [],
    form: "mem://name",
    read(_name, path) {
      if (path !== "") throw new Error("a store in memory has no path");
      return lazily("mem", undefined, "", async () => (await import("./memory.js")).memory());
    },
  },
};

// By URL, for the whole process: its functions share connections, and what `mem://` holds.
const bindings = new Map<string, StoreBinding>();

/**
 * The store that a URL names. One URL gives one store in a process.
 *
 * @param from what is to blame for a bad one: a variable's name
 * @throws {HandlerError} CONFIG_INVALID when the URL is none that is understood. Its text is not shown: it may hold a secret.
 */
export function toBinding(url: string, from: string): StoreBinding {
  const known = bindings.get(url);
  if (known) return known;
  const binding = parse(url, from);
  bindings.set(url, binding);
  return binding;
}

function parse(url: string, from: string): StoreBinding {
  const [, scheme = "", host = "", path = "", query = ""] =
    /^([a-z\d]+):\/\/([^/?#]*)\/?([^?#]*)(?:\?([^#]*))?$/.exec(url) ?? [];
  const found = Object.hasOwn(schemes, scheme) ? schemes[scheme] : undefined;
  if (!found) {
    const forms = Object.values(schemes).map(({ form }) => form);
    throw wrong(from, "is no URL of an object store", `It looks like one of: ${forms.join(", ")}.`);
  }
  const hint = `It looks like ${found.form}.`;
  if (host.includes("@")) throw wrong(from, "has credentials", `They come from the provider's own chain. ${hint}`);
  const parameters = Object.fromEntries(new URLSearchParams(query));
  const strange = Object.keys(parameters).find((name) => !found.parameters.includes(name));
  if (strange !== undefined) {
    const allowed = found.parameters.join(", ") || "none";
    throw wrong(from, `has the parameter ${strange}, and ${scheme} takes ${allowed}`, hint);
  }
  try {
    return found.read(host, decodeURIComponent(path), parameters);
  } catch (cause) {
    throw wrong(from, `cannot be used: ${(cause as Error).message}`, hint, cause);
  }
}

function wrong(from: string, what: string, hint: string, cause?: unknown): HandlerError {
  return new HandlerError("CONFIG_INVALID", `${from} ${what}.`, { hint, cause });
}

function named(text: string, what: string): string {
  if (/^[\w.-]+$/.test(text)) return text;
  throw new Error(`it names no ${what}`);
}

function lazily(
  provider: string,
  bucket: string | undefined,
  prefix: string,
  load: () => Promise<StoreBinding>,
  needs: readonly string[] = [],
): StoreBinding {
  return { provider, bucket, prefix, needs, open: once(async () => (await load()).open()) };
}
