import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { FlowError } from "../core/flow-error.ts";
import { isAlive, type ProcessIdentity } from "./process-identity.ts";

/** How other commands find a running local stack. */
export interface StackFile {
  readonly url: string;
  readonly process: ProcessIdentity;
  readonly endpoints: { readonly dynamodb: string; readonly sqs: string; readonly secrets: string };
  /** Ids of the processes beside it, as they were at its start. */
  readonly servers: { readonly dynamodb: number; readonly sqs: number; readonly runner: number };
}

const fileIn = (dataFolder: string) => join(dataFolder, "stack.json");

/** Leaves word of a running stack; the returned function takes it back. */
export function writeStackFile(dataFolder: string, stack: StackFile): () => void {
  const file = fileIn(dataFolder);
  writeFileSync(`${file}.new`, `${JSON.stringify(stack, null, 2)}\n`, { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return () => rmSync(file, { force: true });
}

/** True when the last stack on the folder ended without having been stopped: killed, or out of memory. */
export function hasDied(dataFolder: string): boolean {
  return existsSync(fileIn(dataFolder));
}

/**
 * The stack that runs on a data folder.
 * @throws FlowError `config_error` when none does.
 */
export function findStack(dataFolder: string): StackFile {
  const none = new FlowError(
    "config_error",
    `no local stack runs on ${dataFolder}: start one with "npm start", or name its folder with --data`,
  );
  let text: string;
  try {
    text = readFileSync(fileIn(dataFolder), "utf8");
  } catch {
    throw none;
  }
  const stack: StackFile = JSON.parse(text);
  if (!isAlive(stack.process)) throw none;
  return stack;
}
