// All of them in containers: one for all requests, and one for the events of each team, which come as CloudEvents.
import { all, web as everything } from "./portable.js";

const events = ({ http: _, ...functions }: (typeof all)[keyof typeof all]) => Object.values(functions);

export const web = everything;
export const lambda = events(all.lambda);
export const azure = events(all.azure);
export const google = events(all.google);
