import { addToList } from "../../../core/add-to-list.ts";
import type { Path } from "../../../core/path.ts";
import type { Flow } from "./build-flow.ts";
import type { FlowStep } from "./flow-step.ts";
import { isPrefix } from "./key-shape.ts";
import { stateKeys } from "./step-writes.ts";

/** Who reads a path, over the whole file and whatever the order. */
export interface Readers {
  /** True when a step other than `except`, or the file's `output`, reads the path, something in it, or all there is. */
  isRead(path: Path, except?: FlowStep): boolean;
}

/** Sorts the reads of a file by the first key of their paths. */
export function createReaders({ all, output }: Flow): Readers {
  const byKey = new Map<string, { readonly path: Path; readonly step: FlowStep | undefined }[]>();
  const readsAll = new Set<FlowStep | undefined>();
  const note = (written: Path, step: FlowStep | undefined): void => {
    const path = stateKeys(written);
    const [key] = path;
    if (key === undefined) readsAll.add(step);
    else addToList(byKey, key, { path, step });
  };
  for (const step of all) {
    if (step.readsAll) readsAll.add(step);
    for (const { path } of step.reads) note(path, step);
    for (const { result } of step.blocks) if (result) note(result.path, step);
  }
  for (const { path } of output?.paths ?? []) note(path, undefined);
  return {
    isRead(path, except) {
      if (readsAll.size > (except && readsAll.has(except) ? 1 : 0)) return true;
      const reads = byKey.get(path[0] ?? "") ?? [];
      return reads.some(
        (read) =>
          (except === undefined || read.step !== except) &&
          (isPrefix(read.path, path) || isPrefix(path, read.path)),
      );
    },
  };
}
