import { openStore } from "@portico/services";
import { gcs } from "@portico/services/gcs";
import { columns } from "./rows.mjs";
import { startFakeGcs } from "./servers/fake-gcs.js";
import { googleCredentials } from "./servers/google-credentials.js";
import { storageContract } from "./suite.js";

storageContract(columns.fakeGcs, async () => {
  const credentials = await googleCredentials();
  const server = await startFakeGcs("bucket", credentials.publicKey);
  return {
    open: (prefix) => openStore(gcs({ bucket: "bucket", prefix, endpoint: server.url })),
    close: async () => {
      await server.close();
      await credentials.remove();
    },
  };
});
