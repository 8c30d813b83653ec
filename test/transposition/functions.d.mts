import type { AnyHttpFunction, AnyInvokeFunction } from "@portico/core";
import type { MessageFunctions } from "../contract/messages-functions.mjs";

export type Cloud = "aws" | "azure" | "gcp";

export interface WrappedFunctions extends MessageFunctions {
  readonly onRequest: AnyHttpFunction;
  readonly onInvoke: AnyInvokeFunction;
}

export declare const wrapped: Readonly<Record<Cloud, WrappedFunctions>>;
export declare const failing: Readonly<Record<Cloud, WrappedFunctions>>;
