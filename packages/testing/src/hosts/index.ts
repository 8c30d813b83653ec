export type { Host, HostOptions } from "./host.js";
