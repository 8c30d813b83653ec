import { setup } from "@portico/azure";

setup({ enableHttpStream: true });
await import("./azure.mjs");
