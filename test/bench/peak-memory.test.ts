import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";

const HELD_MB = 300;

test("the peak memory of a process is its own, whatever the process holds that started it", () => {
  const held = Buffer.alloc(HELD_MB * 1_000_000, 1);
  const helper = new URL("../support/peak-memory.ts", import.meta.url);
  const script = `import { peakMemoryMb } from "${helper}"; console.log(peakMemoryMb())`;
  const args = ["--no-warnings", "--input-type=module", "--eval", script];
  const peak = Number(execFileSync(process.execPath, args, { encoding: "utf8" }));
  expect(peak).toBeGreaterThan(0);
  expect(peak).toBeLessThan(HELD_MB);
  expect(held).toHaveLength(HELD_MB * 1_000_000);
});
