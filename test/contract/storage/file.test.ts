import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { file } from "@portico/services/file";
import { columns } from "./rows.mjs";
import { storageContract } from "./suite.js";

storageContract(columns.file, async () => {
  const folder = await mkdtemp(join(tmpdir(), "portico-files-"));
  return {
    open: (name) => file({ directory: join(folder, name) }),
    close: () => rm(folder, { recursive: true }),
  };
});
