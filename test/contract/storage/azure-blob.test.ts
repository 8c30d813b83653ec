import { azureBlob } from "@portico/services/azure-blob";
import { azurite } from "@portico/testing/hosts/storage";
import { vi } from "vitest";
import { columns } from "./rows.mjs";
import { storageContract } from "./suite.js";

storageContract(columns.azurite, async () => {
  const server = await azurite({ bucket: "bucket" });
  for (const [name, value] of Object.entries(server.env)) vi.stubEnv(name, value);
  const where = { account: "devstoreaccount1", container: "bucket", connection: "AZURITE_CONNECTION" };
  return { open: (prefix) => azureBlob({ ...where, prefix }), close: server.close };
});
