import { memory } from "@portico/services/memory";
import { columns } from "./rows.mjs";
import { storageContract } from "./suite.js";

storageContract(columns.memory, async () => ({ open: memory, close: async () => undefined }));
