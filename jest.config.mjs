/** Native ES modules; TypeScript is stripped, not checked (`npm run types` checks). */
export default {
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/cdk.out/", "<rootDir>/.hookline/"],
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": "<rootDir>/test/support/esbuild-transform.mjs" },
  testEnvironment: "node",
  testTimeout: 20_000,
};
