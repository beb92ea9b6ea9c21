import { Buffer } from "node:buffer";
import { readFileSync, readSync, writeSync } from "node:fs";
import { Script } from "node:vm";
import { openPyodide, type Pyodide } from "./pyodide-shell.ts";
import { zoneChanges } from "./zone-changes.ts";

// What is often imported: loaded once, into the snapshot.
const MODULES =
  "ast, base64, calendar, collections, copy, csv, dataclasses, datetime, decimal, difflib, enum, fractions, functools, hashlib, heapq, hmac, html, io, itertools, json, math, operator, os, random, re, secrets, statistics, string, sys, textwrap, time, traceback, types, typing, unicodedata, urllib.parse, uuid, zoneinfo";

const NEWLINE = 10;
const GRACE_MS = 1_000;
const LONGEST_MS = 2 ** 32 - 1;
const CALL = new Script(`"use strict";call()`);
const [folder = "", bootFile = "", snapshotFile = ""] = process.argv.slice(2);
// What process.exit ends in: process itself will be empty.
const { reallyExit } = process as unknown as { reallyExit(code: number): never };
const exit = reallyExit.bind(process);
const boot = readFileSync(new URL(bootFile), "utf8");
const snapshot = snapshotFile === "" || snapshotFile === "make" ? undefined : readIfPresent(snapshotFile);
const load = await openPyodide(folder);

if (snapshotFile === "make") {
  const pyodide = await load({ _makeSnapshot: true });
  prepare(pyodide);
  write(pyodide.makeMemorySnapshot());
  exit(0);
} else serve(await start());

/** From the snapshot where it fits, else from nothing: slower, and the same. */
async function start(): Promise<Pyodide> {
  if (snapshot) {
    try {
      return await load({ _loadSnapshot: snapshot });
    } catch {}
  }
  const pyodide = await load({});
  prepare(pyodide);
  return pyodide;
}

function prepare(pyodide: Pyodide): void {
  pyodide.runPython(`import ${MODULES}`);
  pyodide.runPython(boot);
}

/**
 * Answers line by line (its time limit in milliseconds, a space, the request), and never leaves the turn it began with: no timer or promise of the code runs between calls.
 * Whatever Python cannot answer itself (it exited, its stack or memory broke) ends the process.
 */
function serve(pyodide: Pyodide): void {
  pyodide.globals.get("use_zones")(zoneChanges);
  const answer = pyodide.globals.get("answer_line") as (line: string) => string;
  write(Buffer.from("ready\n"));
  for (let line = readLine(); line !== undefined; line = readLine()) {
    try {
      const at = line.indexOf(" ");
      const text = within(Number(line.slice(0, at)), () => answer(line.slice(at + 1)));
      write(Buffer.from(`${text}\n`));
    } catch {
      exit(1);
    }
  }
  exit(0);
}

/**
 * Who started this process ends it at the time limit. Should they be gone, it ends by itself soon after: a call that
 * never leaves its loop can be stopped from the outside of its script only.
 */
function within<Result>(limitMs: number, call: () => Result): Result {
  let result: Result | undefined;
  Object.assign(globalThis, {
    call: () => {
      result = call();
    },
  });
  CALL.runInThisContext({ timeout: Math.min(Math.ceil(limitMs) + GRACE_MS, LONGEST_MS) });
  return result as Result;
}

function readLine(): string | undefined {
  const parts: Buffer[] = [];
  for (;;) {
    const part = Buffer.allocUnsafe(65_536);
    const size = readSync(0, part);
    if (size === 0) return undefined;
    parts.push(part.subarray(0, size));
    if (part[size - 1] === NEWLINE) return Buffer.concat(parts).toString("utf8");
  }
}

function write(bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at);
}

function readIfPresent(file: string): Uint8Array | undefined {
  try {
    return readFileSync(new URL(file));
  } catch {
    return undefined;
  }
}
