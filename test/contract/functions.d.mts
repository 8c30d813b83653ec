import type { HttpFunction } from "@portico/core";

export declare const app: HttpFunction;
