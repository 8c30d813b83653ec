import type { LambdaContext } from "@portico/aws";

type Handler = (event: unknown, context: LambdaContext) => Promise<unknown>;
/** The others have their names in the sources' table. */
export declare const queue: Handler;
