import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BREAKS, type Break } from "./breaks.ts";
import { LIMITED_WORLDS } from "./plan.ts";

const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const COPIED = ["lib", "test", "package.json"];

/** Breaks a copy of the product in every way, and counts the seeds until a simulated world tells. True: each was found. */
export function tryBreaks(from: number, most: number): boolean {
  const place = mkdtempSync(join(tmpdir(), "hookline-breaks-"));
  try {
    for (const name of COPIED) cpSync(join(ROOT, name), join(place, name), { recursive: true });
    symlinkSync(join(ROOT, "node_modules"), join(place, "node_modules"));
    const found = BREAKS.map((one) => {
      const { seeds, what } = tryBreak(one, place, from, most);
      console.log(`| ${one.name} | ${seeds ?? `none of ${most}`} | ${what} |`);
      return seeds !== undefined;
    });
    return found.every(Boolean);
  } finally {
    rmSync(place, { recursive: true });
  }
}

function tryBreak(
  { name, file, from: before, to, isOfLimits }: Break,
  place: string,
  from: number,
  most: number,
) {
  const path = join(place, file);
  const whole = readFileSync(path, "utf8");
  if (whole.split(before).length !== 2)
    throw new Error(`${name}: ${file} holds the text not once: ${before}`);
  writeFileSync(
    path,
    whole.replace(before, () => to),
  );
  try {
    const first = isOfLimits ? LIMITED_WORLDS + from : from;
    const args = ["--no-warnings", "test/faults/sim/first-broken.ts", String(first), String(most)];
    const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: place, encoding: "utf8" });
    if (status !== 0) throw new Error(`${name}: ${stderr}`);
    const { seeds, what } = JSON.parse(stdout) as { seeds: number | null; what: string };
    return { seeds: seeds ?? undefined, what };
  } finally {
    writeFileSync(path, whole);
  }
}
