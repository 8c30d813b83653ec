/** One row of the conformance table: an operation, or a promise of one. */
export interface Row {
  readonly id: string;
  readonly title: string;
}

/** One column: a provider, on a server. */
export interface Column {
  readonly provider: string;
  readonly server: string;
  /** What the provider cannot do, and refuses by name. */
  readonly refuses: readonly string[];
  /** What this server gets wrong, by row: the suite checks that it still does. */
  readonly gaps: Readonly<Record<string, string>>;
}

export declare const rows: readonly Row[];
export declare const columns: Readonly<Record<"memory" | "file" | "fakeS3" | "fauxqs" | "azurite" | "fakeGcs", Column>>;
