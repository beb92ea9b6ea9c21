import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { FlowError } from "../core/flow-error.ts";
import { parseJson } from "../core/json.ts";
import type {
  InputCatalog,
  SampleCatalog,
  WorkflowCatalog,
  WorkflowTexts,
} from "../core/ports/workflow-catalog.ts";
import type { InputEntry, Workflow } from "../core/workflow.ts";

/**
 * Workflows from the file that the build writes, read again when it changes; replace it by renaming.
 * @throws FlowError `config_error`, here and later, when the file cannot be read as a list.
 */
export function createWorkflowCatalog(file: string): WorkflowCatalog {
  const read = createListFile(file, (list) => {
    const workflows = list as unknown as readonly Workflow[];
    return { workflows, byName: new Map(workflows.map((workflow) => [workflow.name, workflow])) };
  });
  read();
  return { current: (name) => read().byName.get(name), all: () => read().workflows };
}

/**
 * Inputs from the file that the build writes, read again when it changes; replace it by renaming.
 * @throws FlowError `config_error`, here and later, when the file cannot be read as a list.
 */
export function createInputCatalog(file: string): InputCatalog {
  const read = createListFile(file, (list) => list as unknown as readonly InputEntry[]);
  read();
  return { all: read };
}

/**
 * Workflows from a folder with a `<name>.json` of each, every one read when it is asked for.
 * @throws FlowError `config_error` then, for a file that cannot be read.
 */
export function createWorkflowTexts(folder: string): WorkflowTexts {
  return {
    current(name) {
      const file = join(folder, `${name}.json`);
      if (!existsSync(file)) return undefined;
      try {
        return parseJson(readFileSync(file, "utf8")) as unknown as Workflow;
      } catch (cause) {
        throw unreadable(file, cause);
      }
    },
  };
}

/** Sample events from a folder with a `<name>.json` of each. */
export function createSampleCatalog(folder: string): SampleCatalog {
  return {
    beside(name) {
      const file = join(folder, `${name}.json`);
      return existsSync(file) ? readFileSync(file, "utf8") : undefined;
    },
  };
}

function createListFile<T>(file: string, make: (list: readonly unknown[]) => T): () => T {
  let kept: { readonly made: T; readonly version: string } | undefined;
  return () => {
    try {
      const { mtimeNs, ino, size } = statSync(file, { bigint: true });
      const version = `${mtimeNs}/${ino}/${size}`;
      if (kept?.version === version) return kept.made;
      const list = parseJson(readFileSync(file, "utf8"));
      if (!Array.isArray(list)) throw new Error("it holds no list");
      kept = { made: make(list), version };
      return kept.made;
    } catch (cause) {
      throw unreadable(file, cause);
    }
  };
}

function unreadable(file: string, cause: unknown): FlowError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new FlowError("config_error", `catalog ${file} cannot be read: ${why}. Build it again`, { cause });
}
