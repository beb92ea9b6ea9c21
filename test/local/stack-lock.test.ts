import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { isAlive, ownIdentity } from "../../lib/local/process-identity.ts";
import { lockDataFolder } from "../../lib/local/stack-lock.ts";

const folder = mkdtempSync(join(tmpdir(), "hookline-"));
const file = join(folder, "lock");
afterAll(() => rmSync(folder, { recursive: true }));

describe("the lock of a data folder", () => {
  test("a second holder is refused by name until the first gives it up", () => {
    const unlock = lockDataFolder(folder);
    expect(() => lockDataFolder(folder)).toThrow(
      `a local stack (process ${process.pid}) already works on ${folder}`,
    );
    unlock();
    expect(existsSync(file)).toBe(false);
    lockDataFolder(folder)();
  });

  test("the lock of a process that is gone is taken over", async () => {
    const child = spawn(process.execPath, ["--version"]);
    await once(child, "close");
    writeFileSync(file, JSON.stringify({ pid: child.pid, started: null }));
    lockDataFolder(folder)();
  });

  test("so is that of an earlier process that had the number of a living one", () => {
    writeFileSync(file, JSON.stringify({ pid: process.pid, started: "another boot/1" }));
    const { started } = ownIdentity();
    if (started === null) expect(() => lockDataFolder(folder)).toThrow("already works");
    else lockDataFolder(folder)();
  });

  test("so is that of a process that has ended while nobody takes note of it, as in a container", async () => {
    // The shell becomes a program that never waits for its children.
    const parent = spawn("sh", ["-c", "sleep 0 & echo $!; exec sleep 60"]);
    try {
      const [pid] = await once(parent.stdout, "data");
      const gone = { pid: Number(pid), started: null };
      while (isAlive(gone)) await new Promise(setImmediate);
      writeFileSync(file, JSON.stringify(gone));
      lockDataFolder(folder)();
    } finally {
      parent.kill();
      await once(parent, "exit");
    }
  });

  test("and one that was never finished", () => {
    writeFileSync(file, "");
    lockDataFolder(folder)();
  });
});
