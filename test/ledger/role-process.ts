import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { openSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { RoleReady } from "./processes/serve-role.ts";

/** Ingest, a runner or the sweeper in a process of its own, started again whenever it has been ended. */
export interface RoleProcess {
  readonly name: string;
  /** Where its processes, one after another, write what they have to say. */
  readonly logFile: string;
  /** Where it listens; 0 for a role that does not. A process that takes the place of a dead one has the same. */
  readonly port: number;
  /** SIGKILL, at any point of whatever it does. */
  kill(): void;
  /** Asks it to finish what is under way and to end; another one takes its place. */
  restart(): void;
  /** SIGSTOP: it stands still and knows nothing of it. */
  stall(): void;
  /** SIGCONT: it goes on where it stood. */
  resume(): void;
  /** Wakes it, lets what is under way end, and the process with it. The signal or exit code when it did not end well. */
  end(): Promise<string | undefined>;
}

/** Which role, and where its process writes what it has to say. */
export interface RoleProcessOptions {
  readonly name: string;
  readonly role: "ingest" | "runner" | "sweeper";
  readonly env: { readonly [name: string]: string | undefined };
  readonly logFile: string;
  /** Hears of a process that ended by itself: that is a fault of ours, and it is not started again. */
  readonly onCrash: (what: string) => void;
}

/** Longer than any invocation of a trial. */
const LAST_WORK_MS = 20_000;

/** Starts a role's process and waits until it is at work. @throws Error when the first one ends before. */
export async function startRole({
  name,
  role,
  env,
  logFile,
  onCrash,
}: RoleProcessOptions): Promise<RoleProcess> {
  const log = openSync(logFile, "a");
  const script = fileURLToPath(new URL(`./processes/${role}.ts`, import.meta.url));
  let port = 0;
  let ended: Promise<string | undefined> | undefined;
  const start = (): ChildProcess => {
    const child = fork(script, [String(port)], {
      env,
      execArgv: ["--no-warnings"],
      stdio: ["ignore", log, log, "ipc"],
    });
    child.once("exit", (code, signal) => {
      if (ended) return;
      if (signal === "SIGKILL" || code === 0) current = start();
      else onCrash(`${name} ended by itself with ${signal ?? `exit code ${code}`}: see ${logFile}`);
    });
    return child;
  };
  let current = start();
  process.once("exit", () => current.kill("SIGKILL"));
  const [ready] = await Promise.race([
    once(current, "message"),
    once(current, "exit").then(() => Promise.reject(new Error(`${name} does not start: see ${logFile}`))),
  ]);
  port = (ready as RoleReady).port ?? 0;
  return {
    name,
    logFile,
    port,
    kill: () => void current.kill("SIGKILL"),
    restart: () => askToEnd(current),
    stall: () => void current.kill("SIGSTOP"),
    resume: () => void current.kill("SIGCONT"),
    end() {
      ended ??= endWell(current, name);
      return ended;
    },
  };
}

/** A role ends when the channel to it is cut. */
function askToEnd(child: ChildProcess): void {
  if (child.connected) child.disconnect();
}

async function endWell(child: ChildProcess, name: string): Promise<string | undefined> {
  const gone = once(child, "exit");
  child.kill("SIGCONT");
  askToEnd(child);
  const patience = setTimeout(() => child.kill("SIGKILL"), LAST_WORK_MS);
  const [code, signal] = await gone;
  clearTimeout(patience);
  return code === 0 ? undefined : `${name} ended with ${signal ?? `exit code ${code}`}`;
}
