/** What is the same for every part that is mutated. */
export default {
  testRunner: "jest",
  plugins: ["@stryker-mutator/jest-runner"],
  testRunnerNodeArgs: ["--experimental-vm-modules", "--no-warnings"],
  jest: {
    configFile: "jest.config.mjs",
    enableFindRelatedTests: false,
    config: {
      runner: "<rootDir>/test/mutants/first-failure-runner.mjs",
      testEnvironment: "./test/mutants/first-failure-environment.mjs",
      testTimeout: 8_000,
    },
  },
  coverageAnalysis: "perTest",
  // Beside what the tests of a mutant took unchanged, half as long again: other work on the machine makes them late.
  timeoutMS: 15_000,
  incremental: true,
  // Its preprocessor asks TypeScript for an API that version 7 does not have.
  tsconfigFile: "none",
  ignorePatterns: ["dist", "cdk.out", "coverage", "docs", ".hookline"],
  reporters: ["progress-append-only"],
  logLevel: "error",
  warnings: false,
  allowConsoleColors: false,
};
