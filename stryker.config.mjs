// For `npm run test:mutation`: scripts/test-mutation.mjs says what is mutated, and how much of it has to be noticed.
export default {
  testRunner: "vitest",
  plugins: ["@stryker-mutator/vitest-runner"],
  vitest: { configFile: "test/mutation/vitest.config.ts", related: true },
  coverageAnalysis: "perTest",
  // In place: in a copy the workspace's links would lead back to the sources that are not changed.
  inPlace: true,
  concurrency: 2,
  reporters: ["json", "progress-append-only"],
  jsonReporter: { fileName: ".reports/mutation.json" },
  tempDirName: ".reports/stryker",
  cleanTempDir: "always",
  // The texts of errors and hints are for people; tests look for the words that matter.
  mutator: { excludedMutations: ["StringLiteral"] },
  thresholds: { high: 95, low: 90, break: null },
  timeoutMS: 5000,
};
