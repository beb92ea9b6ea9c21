import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";

// What tests start as processes of their own is compiled once, not once for each of them.
process.env.NODE_COMPILE_CACHE ??= fileURLToPath(
  new URL("node_modules/.cache/hookline-compiled", import.meta.url),
);

/** Native ES modules; TypeScript is stripped, not checked (`npm run types` checks). */
export default {
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/cdk.out/", "<rootDir>/.hookline/"],
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": "<rootDir>/test/support/esbuild-transform.mjs" },
  testEnvironment: "node",
  // Suites start processes of their own: more of them at once would wait for each other.
  maxWorkers: Math.min(2, availableParallelism()),
  // Modules of finished suites stay in a worker's memory.
  workerIdleMemoryLimit: "1GB",
  // A limit, not a wait: on a machine that is busy otherwise a test may take many times as long.
  testTimeout: 60_000,
};
