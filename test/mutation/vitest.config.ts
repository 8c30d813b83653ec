import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const conditions = ["@portico/source", "node", "development|production"];
const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** What a mutant has to get past, as `npm run test:mutation` says: tests that run in one process, on the sources. */
const tests: readonly string[] = JSON.parse(process.env.PORTICO_MUTATION_TESTS ?? '["packages/*/src/**/*.test.ts"]');

export default defineConfig({
  root: at(""),
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    setupFiles: [at("packages/core/test/random.ts")],
    include: [...tests],
    testTimeout: 30_000,
  },
});
