import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Tests read the sources, so they need no build. Setting conditions replaces the defaults, hence the other two; not the third, "module",
// which Node does not know: what stands there is for bundlers, and the AWS SDK's does not load.
const conditions = ["@portico/source", "node", "development|production"];
const source = { resolve: { conditions }, ssr: { resolve: { conditions } } };
/** What is drawn at random has one seed, and one number of cases. */
const setupFiles = [fileURLToPath(new URL("packages/core/test/random.ts", import.meta.url))];

export default defineConfig({
  test: {
    reporters: ["default", "json"],
    outputFile: { json: ".reports/vitest.json" },
    passWithNoTests: true,
    // One less than there are cores is the default. Most of the time goes into processes that tests start and wait for, so that two cores
    // have room for three.
    maxWorkers: Math.max(3, availableParallelism() - 1),
    // Hundreds of tests wait for a line in a log, which is there after a few milliseconds: the default of 50 would be most of their time.
    expect: { poll: { interval: 5 } },
    projects: [
      {
        ...source,
        test: {
          name: "unit",
          setupFiles,
          include: ["packages/*/src/**/*.test.ts", "examples/*/src/**/*.test.ts"],
          // What is loaded on first use, such as an adapter, is compiled within the test.
          testTimeout: 30_000,
        },
      },
      {
        ...source,
        test: {
          name: "types",
          include: [],
          typecheck: {
            enabled: true,
            only: true,
            // Errors outside the type tests are the type check's own report.
            ignoreSourceErrors: true,
            include: ["packages/*/src/**/*.test-d.ts", "test/**/*.test-d.ts"],
          },
        },
      },
      {
        ...source,
        test: { name: "contract", setupFiles, include: ["test/{contract,round-trip,transposition}/**/*.test.ts"] },
      },
      { ...source, test: { name: "corpus", include: ["test/corpus/**/*.test.ts"] } },
      {
        ...source,
        test: { name: "invariant", setupFiles, include: ["test/invariant/**/*.test.ts"], testTimeout: 600_000 },
      },
      { ...source, test: { name: "repository", include: ["test/*.test.ts"], testTimeout: 60_000 } },
      {
        // Real runtimes load what a user would load: the built packages.
        test: {
          name: "runtime",
          setupFiles,
          include: ["test/runtime/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
