import type { MessageFunctions } from "../messages-functions.mjs";

export declare function deploy(functions: MessageFunctions, timeoutMs: number, prefix?: string): void;
