/** What every host takes: a built module, and the function in it. */
export interface HostOptions {
  /** Path or file URL of a built ES module; the function runs in a process of its own, which loads it from there. */
  readonly module: string | URL;
  /** The name of the export. */
  readonly export: string;
  /** Environment variables for the function's process, beside those of this one. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** The Node binary of the function's process. Default: the one that runs this. */
  readonly nodePath?: string | undefined;
  /** Working directory of the function's process. Default: that of this one. */
  readonly cwd?: string | undefined;
}

/** A function that runs in its cloud's own runtime client, reachable over HTTP. */
export interface Host {
  /** `http://127.0.0.1:PORT`, without a slash at the end; on Azure the route prefix (`/api`) comes behind it. */
  readonly url: string;
  /** The lines that the function's process wrote to its standard output and error so far. */
  readonly logs: readonly string[];
  /** Ends the process and the server; safe to call again. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
