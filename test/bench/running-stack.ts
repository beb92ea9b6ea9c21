import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { findStack } from "../../lib/local/stack-file.ts";

/** The local stack in a process of its own, as `npm start` runs it. */
export interface RunningStack {
  /** From its start to its ready line. */
  readonly readyMs: number;
  /** Where webhooks and console are. */
  readonly url: string;
  /** Where its table is. */
  readonly tableEndpoint: string;
  /** Posts an event; gives the run's id. */
  post(workflow: string, event: unknown, more?: PostOptions): Promise<string>;
  /** Ids of the processes that it consists of, by what each does. */
  readonly processes: { readonly [name: string]: number };
  /** Resolves when the run has ended well. */
  ended(runId: string): Promise<void>;
  stop(): Promise<void>;
}

/** What a post has beside its event. */
export interface PostOptions {
  readonly headers?: { readonly [name: string]: string };
  /** Default: up to 64 connections that stay open. */
  readonly agent?: Agent;
}

const HOOKLINE = fileURLToPath(new URL("../../lib/cli/hookline.mjs", import.meta.url));
const ENDED = /([0-9a-f]{8}-[0-9a-f-]{27}) {2}(succeeded|failed|dropped)/;

/** Starts it on a free port with the given workflow files, its data in a new folder. */
export async function startStack(
  files: { readonly [name: string]: string },
  env: { readonly [name: string]: string } = {},
): Promise<RunningStack> {
  const folder = mkdtempSync(join(tmpdir(), "hookline-bench-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const startedAt = performance.now();
  const child = spawn(
    process.execPath,
    [HOOKLINE, "start", "--json", "--port", "0", "--workflows", folder, "--data", join(folder, "data")],
    {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...env },
    },
  );
  const waiting = new Map<string, PromiseWithResolvers<void>>();
  const run = (id: string) => {
    const known = waiting.get(id) ?? Promise.withResolvers<void>();
    waiting.set(id, known);
    return known;
  };
  const said: string[] = [];
  createInterface({ input: child.stderr }).on("line", (line) => {
    said.push(line);
    const [, id, outcome] = ENDED.exec(line) ?? [];
    if (id === undefined) return;
    if (outcome === "succeeded") run(id).resolve();
    else run(id).reject(new Error(line));
  });
  const exited = once(child, "exit").then(() => {
    throw new Error(`the stack ended:\n${said.join("\n")}`);
  });
  exited.catch(() => {});
  const [line] = await Promise.race([once(createInterface({ input: child.stdout }), "line"), exited]);
  const readyMs = performance.now() - startedAt;
  const { url, workflows } = JSON.parse(line) as { url: string; workflows: { name: string; url: string }[] };
  const { endpoints, process: front, servers } = findStack(join(folder, "data"));
  const urls = new Map(workflows.map(({ name, url }) => [name, url]));
  const agent = new Agent({ keepAlive: true, maxSockets: 64 });
  return {
    readyMs,
    url,
    tableEndpoint: endpoints.dynamodb,
    processes: { front: front.pid, ...servers },
    async post(workflow, event, more = {}) {
      const { status, text } = await send(String(urls.get(workflow)), JSON.stringify(event), {
        agent,
        ...more,
      });
      if (status !== 202) throw new Error(`${status} ${text}`);
      return JSON.parse(text).run_id;
    },
    ended: (id) => run(id).promise,
    async stop() {
      agent.destroy();
      child.kill("SIGINT");
      await exited.catch(() => {});
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function send(
  url: string,
  body: string,
  { agent, headers = {} }: PostOptions & { readonly agent: Agent },
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      url,
      { method: "POST", agent, headers: { "content-type": "application/json", ...headers } },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8");
        answer.on("data", (chunk: string) => {
          text += chunk;
        });
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, text }));
      },
    );
    outgoing.on("error", (error: NodeJS.ErrnoException) => {
      // The server closed a connection that was idle in the moment it was used again: nothing was taken (Node, `request.reusedSocket`).
      if (outgoing.reusedSocket && error.code === "ECONNRESET") resolve(send(url, body, { agent, headers }));
      else reject(error);
    });
    outgoing.end(body);
  });
}
