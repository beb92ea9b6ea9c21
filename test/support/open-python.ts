import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { loadPyodide } from "pyodide";

// Pyodide as it comes, in a process that has everything, behind the same protocol: what the walls are worth is seen
// where there are none.
const pyodide = await loadPyodide();
pyodide.runPython(readFileSync(new URL("../../lib/adapters/python/boot.py", import.meta.url), "utf8"));
const answer = pyodide.globals.get("answer_line") as (line: string) => string;
for await (const line of createInterface({ input: process.stdin })) process.stdout.write(`${answer(line)}\n`);
