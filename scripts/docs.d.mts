import type { Capabilities } from "@portico/core";

/** docs/events.md with its capability tables as they should be. */
export declare function render(rows: Readonly<Record<"aws" | "azure" | "gcp", readonly Capabilities[]>>): string;

/** docs/storage.md with its conformance table as it should be. */
export declare function renderStorage(data: { readonly rows: readonly object[]; readonly columns: object }): string;
