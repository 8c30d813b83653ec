import type { LambdaContext } from "@portico/aws";
import type { Cloud } from "../functions.mjs";

type Handler = (event: unknown, context: LambdaContext) => Promise<unknown>;
type Deployed = Readonly<Record<Cloud, Readonly<Record<string, Handler>>>>;

export declare const from: Deployed;
/** Those whose clock fails. */
export declare const fails: Deployed;
