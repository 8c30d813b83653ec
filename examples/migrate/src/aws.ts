// All of them on Lambda: one function for all requests, and one for the events of each team.
import * as aws from "@portico/aws";
import { all, web as everything } from "./portable.js";

const partial = { batchItemFailures: true, sink: async () => {} };
const options = { queue: partial, stream: partial, change: partial };
const toHandler = ({ http: _, ...functions }: (typeof all)[keyof typeof all]) =>
  aws.any(Object.values(functions), options);

export const web = aws.http(everything);
export const lambda = toHandler(all.lambda);
export const azure = toHandler(all.azure);
export const google = toHandler(all.google);
