import { HandlerError } from "@portico/core";

interface Sdks {
  readonly "@aws-sdk/client-s3": typeof import("@aws-sdk/client-s3");
  readonly "@aws-sdk/s3-request-presigner": typeof import("@aws-sdk/s3-request-presigner");
  readonly "@azure/identity": typeof import("@azure/identity");
  readonly "@azure/storage-blob": typeof import("@azure/storage-blob");
  readonly "@google-cloud/storage": typeof import("@google-cloud/storage");
}

/**
 * The SDKs, each loaded when a store is first used. The imports stand inside a `try`, and with their names written out: so esbuild, webpack
 * and Rollup put in what is installed, and take what is not for something that may be missing.
 */
export const sdks: { readonly [N in keyof Sdks]: () => Promise<Sdks[N]> } = {
  "@aws-sdk/client-s3": async () => {
    try {
      return await import("@aws-sdk/client-s3");
    } catch (cause) {
      return again(cause);
    }
  },
  "@aws-sdk/s3-request-presigner": async () => {
    try {
      return await import("@aws-sdk/s3-request-presigner");
    } catch (cause) {
      return again(cause);
    }
  },
  "@azure/identity": async () => {
    try {
      return await import("@azure/identity");
    } catch (cause) {
      return again(cause);
    }
  },
  "@azure/storage-blob": async () => {
    try {
      return await import("@azure/storage-blob");
    } catch (cause) {
      return again(cause);
    }
  },
  "@google-cloud/storage": async () => {
    try {
      return await import("@google-cloud/storage");
    } catch (cause) {
      return again(cause);
    }
  },
};

/** For bundlers there has to be a `catch`; what it means is said by `loadSdk`. */
function again(cause: unknown): never {
  throw cause;
}

/**
 * A provider's SDK, loaded on first use: `loadSdk(name, sdks[name])`.
 *
 * @throws {HandlerError} CONFIG_INVALID when it is not installed.
 */
export async function loadSdk<T>(name: string, load: () => Promise<T>): Promise<T> {
  if (!isLeftToRunTime(load, name)) provideRequire();
  try {
    return await load();
  } catch (cause) {
    throw toMissing(name, cause);
  }
}

/**
 * Looks for the packages of a store without loading them, when a function is declared. A package that a bundler has put in is there; the text
 * of a loader tells, because an import that was left to run time still stands in it.
 *
 * @throws {HandlerError} CONFIG_INVALID when one is not installed.
 */
export function checkInstalled(names: readonly string[] = []): void {
  for (const name of names) {
    if (!Object.hasOwn(sdks, name)) continue;
    const load = sdks[name as keyof typeof sdks];
    // What webpack writes for a package that it did not find.
    if (String(load).includes("Cannot find module")) throw missing(name, undefined);
    if (isLeftToRunTime(load, name) && !isFound(name)) throw missing(name, undefined);
  }
}

/** Whether Node loads the package, from its own folder. Bundlers that write CommonJS may make a `require` of the import. */
function isLeftToRunTime(load: () => unknown, name: string): boolean {
  return new RegExp(`(import|require)\\(\\s*(["'\`])${name}\\2`).test(String(load));
}

function isFound(name: string): boolean {
  const from = here();
  if (from === undefined) return true;
  try {
    requireFrom(from).resolve(name);
    return true;
  } catch (error) {
    // Other codes are of packages that are there.
    return (error as { code?: unknown }).code !== "MODULE_NOT_FOUND";
  }
}

/** Where this code is. esbuild leaves `import.meta` empty in CommonJS, which has `__filename`. */
function here(): string | undefined {
  return import.meta.url || (typeof __filename === "string" ? __filename : undefined);
}

/** A part of the SDK that is missing is another mistake. */
function toMissing(name: string, cause: unknown): unknown {
  const { code, message } = cause as { code?: unknown; message?: unknown };
  const absent = code === "ERR_MODULE_NOT_FOUND" || code === "MODULE_NOT_FOUND";
  return absent && /^Cannot find (package|module) '([^']+)'/.exec(String(message))?.[2] === name
    ? missing(name, cause)
    : cause;
}

function missing(name: string, cause: unknown): HandlerError {
  return new HandlerError("CONFIG_INVALID", `A store needs ${name}, which is not installed.`, {
    hint: `npm install ${name}`,
    cause,
  });
}

/** Not imported by name: webpack would read what it is given, and warn. */
function requireFrom(path: string): NodeJS.Require {
  return process.getBuiltinModule("node:module").createRequire(path);
}

// webpack writes the path that this file had when the bundle was made, and gives the SDKs a `require` itself.
const notBundled = /[\\/](@portico[\\/]services[\\/]dist|packages[\\/]services[\\/]src)[\\/]/;

/**
 * The SDKs are CommonJS in part. esbuild makes of their `require("node:fs")`, in a bundle that is a module, a call of the global `require`,
 * which modules do not have: "Dynamic require is not supported". So such a bundle is given one, when it first loads an SDK that is in it.
 */
function provideRequire(): void {
  // Not `typeof require`, of which esbuild makes its own, which is there and does nothing.
  if ("require" in globalThis || !import.meta.url || notBundled.test(import.meta.url)) return;
  const value = requireFrom(import.meta.url);
  Object.defineProperty(globalThis, "require", { value, configurable: true, writable: true });
}
