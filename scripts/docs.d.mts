import type { Capabilities } from "@portico/core";

/** docs/events.md with its capability tables as they should be. */
export declare function render(rows: Readonly<Record<"aws" | "azure" | "gcp", readonly Capabilities[]>>): string;
