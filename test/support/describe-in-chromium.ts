import { describe, test } from "@jest/globals";
import { CHROMIUM, NO_CHROMIUM } from "./chromium.ts";

/** A suite that needs Chromium. Where there is none it fails in CI, unless that has tried to get it (`WITHOUT_CHROMIUM`), and is skipped with a word elsewhere. */
export function describeInChromium(name: string, suite: () => void): void {
  if (CHROMIUM !== undefined) {
    describe(name, suite);
  } else if (process.env.CI && !process.env.WITHOUT_CHROMIUM) {
    test(name, () => {
      throw new Error(NO_CHROMIUM);
    });
  } else {
    process.stderr.write(`\nSKIPPED: ${name}: ${NO_CHROMIUM}\n`);
    describe.skip(name, suite);
  }
}
