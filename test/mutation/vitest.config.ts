import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const conditions = ["@portico/source", "node", "development|production"];
const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** What a mutant has to get past: the tests that run in one process, on the sources. */
export default defineConfig({
  root: at(""),
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    setupFiles: [at("packages/core/test/random.ts")],
    include: ["packages/*/src/**/*.test.ts", "test/invariant/**/*.test.ts"],
    testTimeout: 30_000,
  },
});
