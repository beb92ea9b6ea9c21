import { readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { compileWorkflows, isTestFile, isWorkflowFile } from "../../build/compile-workflows.ts";
import { whyUnreadable } from "../../build/why-unreadable.ts";

/** What is to be checked, and what of it cannot be reached: a sentence for each. */
export interface FilesToCheck {
  readonly files: readonly string[];
  readonly unreachable: readonly string[];
}

/** Names of the workflows in a folder; a file that does not load has that of its file. */
export async function workflowNames(folder: string): Promise<readonly string[]> {
  const { workflows } = await compileWorkflows(folder);
  const files = readdirSync(folder).filter(isWorkflowFile);
  return [...workflows.map(({ name }) => name), ...files.map((file) => file.replace(/\.ya?ml$/, ""))];
}

const DEFAULT_FOLDER = "workflows";

/**
 * The named files, the workflow files of named folders, or those in `workflows/`; each once. Test files are left out,
 * since `*.yaml` of a shell names them too.
 */
export function filesToCheck(paths: readonly string[]): FilesToCheck {
  const files = new Set<string>();
  const unreachable: string[] = [];
  for (const path of paths.length > 0 ? paths : [DEFAULT_FOLDER]) {
    try {
      if (!statSync(path).isDirectory()) {
        if (!isTestFile(basename(path))) files.add(path);
      } else {
        const found = readdirSync(path).filter(isWorkflowFile).sort();
        if (found.length === 0) unreachable.push(`${path} holds no workflow file (*.yaml)`);
        for (const name of found) files.add(join(path, name));
      }
    } catch (error) {
      unreachable.push(`${path} cannot be read: ${whyUnreadable(error)}`);
    }
  }
  if (files.size === 0 && unreachable.length === 0) {
    unreachable.push(`${paths.join(", ")}: that holds tests, which hookline test runs; name the workflow`);
  }
  return { files: [...files], unreachable };
}
