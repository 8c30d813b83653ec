import { serve } from "@portico/node";
import { functions } from "./functions.mjs";

await serve(functions, {
  host: "127.0.0.1",
  bodyLimit: 1_000_000,
  onShutdown: async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    process.stdout.write("hook ran\n");
  },
});
