export { openStore } from "./open-store.js";
export type { StoreBinding } from "./provider.js";
export { type Bindings, type Declared, type Opened, resources } from "./resources.js";
