import type { Path } from "../../../core/path.ts";
import type { Shape } from "../../../core/step-facts.ts";
import type { PathWrite } from "./flow-step.ts";

/** Whether a value of this shape may have something at a path. */
export function mayHold(shape: Shape, path: Path): boolean {
  const [key, ...inner] = path;
  if (shape === "any" || key === undefined) return true;
  const found = Object.hasOwn(shape, key) ? shape[key] : undefined;
  return found !== undefined && mayHold(found, inner);
}

/** Whether what a step writes is, holds, or is held by the value at a path. */
export function meets({ path: written, shape }: PathWrite, path: Path): boolean {
  return isPrefix(path, written) || (isPrefix(written, path) && mayHold(shape, path.slice(written.length)));
}

/** True when the first path is the second or leads to it. */
export function isPrefix(start: Path, path: Path): boolean {
  return start.length <= path.length && start.every((key, index) => path[index] === key);
}
