import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { hookline, hooklineScript } from "../cli/hookline-process.ts";

/** A folder of its own for a test's workflows and data. */
export interface StackFolder {
  readonly path: string;
  readonly data: string;
  write(file: string, text: string): void;
  remove(): void;
}

/** A local stack in a process of its own, as `npm start` runs it. */
export interface StackProcess {
  readonly url: string;
  readonly workflows: readonly { readonly name: string; readonly url: string }[];
  readonly servers: { readonly dynamodb: number; readonly sqs: number; readonly runner: number };
  readonly endpoints: { readonly dynamodb: string; readonly sqs: string };
  /** Posts JSON to a workflow's webhook; text is sent as it is. */
  post(workflow: string, event: unknown): Promise<Response>;
  /** Posts, and resolves with the run's id. */
  accept(workflow: string, event: unknown): Promise<string>;
  /** Resolves once standard error has a line with the text, now or before. */
  said(text: string): Promise<string>;
  /** Runs a hookline command against this stack's folder and gives what it prints as JSON. */
  ask(...args: string[]): Promise<unknown>;
  /** Resolves when the process has ended by itself. */
  readonly ended: Promise<unknown>;
  /** Ends the process and resolves with its exit code, null after a kill. */
  end(signal: "SIGINT" | "SIGKILL"): Promise<number | null>;
}

/** Makes a folder with workflow files. */
export function stackFolder(files: { readonly [file: string]: string }): StackFolder {
  const path = mkdtempSync(join(tmpdir(), "hookline-"));
  const write = (file: string, text: string) => writeFileSync(join(path, file), text);
  for (const [file, text] of Object.entries(files)) write(file, text);
  return {
    path,
    data: join(path, "data"),
    write,
    remove: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** Starts a stack on the folder and waits until it is ready. */
export async function startStack(
  folder: StackFolder,
  env: { readonly [name: string]: string } = {},
): Promise<StackProcess> {
  const args = ["start", "--json", "--port", "0", "--data", folder.data, "--workflows", folder.path];
  const child = spawn(process.execPath, [hooklineScript, ...args], {
    cwd: folder.path,
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  createInterface(child.stderr).on("line", (line) => {
    lines.push(line);
    for (const wake of waiting) wake();
  });
  const ready = await Promise.race([
    once(createInterface(child.stdout), "line"),
    exited.then(() => Promise.reject(new Error(`the stack did not start:\n${lines.join("\n")}`))),
  ]);
  const { url, workflows }: Pick<StackProcess, "url" | "workflows"> = JSON.parse(ready[0]);
  const { servers, endpoints } = JSON.parse(readFileSync(join(folder.data, "stack.json"), "utf8"));

  const post = (workflow: string, event: unknown) =>
    fetch(workflows.find(({ name }) => name === workflow)?.url ?? "", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: typeof event === "string" ? event : JSON.stringify(event),
    });
  return {
    url,
    workflows,
    servers,
    endpoints,
    ended: exited,
    post,
    async accept(workflow, event) {
      const answer = await post(workflow, event);
      if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
      return ((await answer.json()) as { run_id: string }).run_id;
    },
    async said(text) {
      for (;;) {
        const found = lines.find((line) => line.includes(text));
        if (found !== undefined) return found;
        await new Promise<void>((resolve) => {
          waiting.add(resolve);
        });
      }
    },
    async ask(...command) {
      const { stdout, stderr } = await hookline([...command, "--data", folder.data, "--json"]);
      if (stdout === "") throw new Error(stderr);
      return JSON.parse(stdout);
    },
    async end(signal) {
      child.kill(signal);
      const [code] = await exited;
      return code;
    },
  };
}
