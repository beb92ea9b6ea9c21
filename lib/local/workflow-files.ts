import { readdirSync } from "node:fs";
import { basename, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { isWorkflowFile } from "../build/compile-workflows.ts";
import { filesBeside } from "../build/files-beside.ts";
import { readWorkflowFile } from "../build/read-workflow-file.ts";
import { writeIngestCatalog, writeRunnerCatalog, writeSamples } from "../build/write-catalogs.ts";
import { FlowError } from "../core/flow-error.ts";
import { isDeployedTo, type Workflow } from "../core/workflow.ts";
import { loadWorkflow } from "../language/load-workflow.ts";
import type { Problem } from "../language/problem.ts";
import { unknownWorkflows } from "../language/unknown-workflows.ts";
import { LOCAL_STAGE } from "./local-names.ts";
import { identityOf, watchFolder } from "./watch-folder.ts";

/** A workflow file as it stands and as it serves. */
export interface WorkflowFile {
  /** As its user names it. */
  readonly path: string;
  readonly problems: readonly Problem[];
  /** The last version that could be read; it serves although the file may be broken now. */
  readonly workflow?: Workflow;
  /** Why a workflow that can be read does not serve. */
  readonly idle?: string;
}

/** The workflows of a folder, kept up to date. */
export interface WorkflowFiles {
  readonly files: readonly WorkflowFile[];
  /** What serves. */
  readonly workflows: readonly Workflow[];
  /** Calls `hear` after each change with the files that changed; one that is gone has neither workflow nor problems. */
  onChange(hear: (changed: readonly WorkflowFile[]) => void): void;
  close(): void;
}

/** Where workflows come from and where their tables go. */
export interface WorkflowFilesOptions {
  readonly folder: string;
  /** Gets what the functions carry, as the build makes it. */
  readonly catalogFolder: string;
  /** Hears why a change could not take effect. */
  readonly onTrouble: (error: unknown) => void;
}

/** Editors write in several steps; the last one counts. */
const SETTLE_MS = 60;

interface Entry extends WorkflowFile {
  /** What was read, or why nothing could be. */
  readonly content: string;
  /** Problems of the file alone. */
  readonly own: readonly Problem[];
}

/**
 * Compiles every `*.yaml` and `*.yml` of the folder and does so again when one changes. A file that cannot be read
 * leaves its last good version serving.
 * @throws FlowError `config_error` when there is no such folder.
 */
export function watchWorkflowFiles(options: WorkflowFilesOptions): WorkflowFiles {
  let hear = (_changed: readonly WorkflowFile[]): void => {};
  let entries = readFolder(options.folder, new Map());
  writeCatalog(options.catalogFolder, serving(entries));

  const refresh = (): void => {
    const before = entries;
    // While the folder is being replaced, what was read goes on serving.
    if (identityOf(options.folder) === undefined) return;
    const now = readFolder(options.folder, before);
    writeSamples(options.catalogFolder, serving(now));
    const changed = [...now.values()].filter((entry) => before.get(entry.path) !== entry);
    const gone = [...before.keys()].filter((path) => !now.has(path));
    if (changed.length === 0 && gone.length === 0) return;
    writeCatalog(options.catalogFolder, serving(now));
    entries = now;
    hear([...changed, ...gone.map((path) => ({ path, problems: [] }))]);
  };
  let settling: NodeJS.Timeout | undefined;
  const stopWatching = watchFolder(options.folder, () => {
    clearTimeout(settling);
    settling = setTimeout(() => {
      try {
        refresh();
      } catch (error) {
        options.onTrouble(error);
      }
    }, SETTLE_MS);
  });
  return {
    get files() {
      return [...entries.values()];
    },
    get workflows() {
      return serving(entries);
    },
    onChange(listener) {
      hear = listener;
    },
    close() {
      clearTimeout(settling);
      stopWatching();
    },
  };
}

function readFolder(folder: string, before: ReadonlyMap<string, Entry>): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  const owners = new Map<string, string>();
  for (const name of workflowFilesIn(folder)) {
    const path = join(folder, name);
    const entry = readEntry(path, before.get(path));
    const idle = entry.workflow && whyIdle(entry.workflow, owners);
    entries.set(path, withIdle(entry, idle));
    if (entry.workflow && idle === undefined) owners.set(entry.workflow.name, path);
  }
  const known = [...owners.keys()];
  for (const [path, entry] of entries) entries.set(path, withUnknown(entry, known));
  return entries;
}

function workflowFilesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter(isWorkflowFile).sort();
  } catch (cause) {
    throw new FlowError(
      "config_error",
      `there is no folder ${folder}: name the one with your workflows by --workflows`,
      {
        cause,
      },
    );
  }
}

/** The entry that is known when nothing has changed. */
function readEntry(path: string, known: Entry | undefined): Entry {
  const read = readWorkflowFile(path);
  const content = "text" in read ? read.text : read.problem.message;
  if (known?.content === content) return known;
  const { workflow = known?.workflow, problems } =
    "text" in read
      ? loadWorkflow(read.text, path, undefined, filesBeside(path))
      : { problems: [read.problem] };
  return { path, content, problems, own: problems, ...(workflow && { workflow }) };
}

function whyIdle(workflow: Workflow, owners: ReadonlyMap<string, string>): string | undefined {
  const owner = owners.get(workflow.name);
  if (owner !== undefined) return `${basename(owner)} has the name "${workflow.name}" already`;
  if (isDeployedTo(LOCAL_STAGE, workflow)) return undefined;
  return `it is for ${workflow.stages?.join(", ")}, not for the stage "${LOCAL_STAGE}"`;
}

/** The same object when nothing changed, so that a change can be told by identity. */
function withIdle(entry: Entry, idle: string | undefined): Entry {
  if (entry.idle === idle) return entry;
  const { idle: _before, ...rest } = entry;
  return idle === undefined ? rest : { ...rest, idle };
}

/** The same object when nothing changed. What it warns of, other files can put right and wrong. */
function withUnknown(entry: Entry, known: readonly string[]): Entry {
  const isBroken = entry.own.some(({ severity }) => severity === "error");
  const unknown = entry.workflow && !isBroken ? unknownWorkflows(entry.workflow, entry.content, known) : [];
  const problems = [...entry.own, ...unknown];
  return isDeepStrictEqual(problems, entry.problems) ? entry : { ...entry, problems };
}

function serving(entries: ReadonlyMap<string, Entry>): readonly Workflow[] {
  return [...entries.values()].flatMap(({ workflow, idle }) =>
    workflow && idle === undefined ? [workflow] : [],
  );
}

function writeCatalog(folder: string, workflows: readonly Workflow[]): void {
  writeRunnerCatalog(folder, workflows);
  writeIngestCatalog(folder, workflows);
  writeSamples(folder, workflows);
}
