import { formatPath, type Path, readPath } from "../../../core/path.ts";
import { isSlip } from "../../nearest-name.ts";
import type { CheckedFile, Found, Rule } from "../../rule.ts";
import type { FlowStep, PathWrite } from "../flow/flow-step.ts";
import { isPrefix, meets } from "../flow/key-shape.ts";
import { isReservedRead, type KeyUse, keyUse } from "../flow/key-use.ts";
import type { ResolvedRead } from "../flow/resolve-reads.ts";
import { stepOfId } from "../flow/step-of-id.ts";
import { stateKeys } from "../flow/step-writes.ts";
import { isolatedAround, sharesStep } from "../flow/steps-around.ts";

/** A read that nothing can have written. The event may hold any key, so only what is surely or very likely wrong is told. */
export const unwrittenPath: Rule = {
  id: "unwritten-path",
  severity: "warning",
  area: "correctness",
  summary: "Every path that is read can have a value",
  why: "A path that nothing writes reads as nothing: a message has a gap, a condition never holds, a call lacks its id.",
  *check(file) {
    const use = keyUse(file.flow, file.reads);
    for (const resolved of file.reads) {
      const { read, step, isOpen, isVariable } = resolved;
      const path = stateKeys(read.path);
      if (path.length === 0 || isOpen || isVariable || isReservedRead(read, step)) continue;
      const found =
        resolved.writes.length > 0
          ? belowWritten(path, resolved, file)
          : notWritten(path, resolved, use, file);
      if (found) yield { at: read.at, ...found };
    }
  },
};

type Verdict = Omit<Found, "at">;

/** Something of the key is written before the read. */
function belowWritten(
  path: Path,
  { writes, replaced }: ResolvedRead,
  file: CheckedFile,
): Verdict | undefined {
  if (writes.some((write) => meets(write, path))) return undefined;
  const holder = writes.findLast((write) => isPrefix(write.path, path));
  if (holder) {
    if (!replaced && holder.what !== "beside") return undefined;
    const keys = holder.shape === "any" ? [] : Object.keys(holder.shape);
    return {
      message: `${shown(path)} reads nothing: ${shown(holder.path)}, written ${byWhom(holder, file)}, ${
        keys.length === 0 ? "is text or a number" : `has ${keys.join(", ")}`
      }`,
      hint: keys.length === 0 ? `read ${formatPath(holder.path)}` : undefined,
    };
  }
  if (file.flow.event) {
    return readPath({ ...file.flow.event }, path) === undefined
      ? {
          message: `${shown(path)} reads nothing: neither the schedule's payload nor a step before it has it`,
        }
      : undefined;
  }
  const near = writes.find(
    (write) => write.path.length === path.length && differsInOneSlip(write.path, path),
  );
  return near && misspelt(path, near.path, file.lineOf(near.at));
}

/** Nothing of the key is written before the read: it is the event's, or a mistake. */
function notWritten(path: Path, resolved: ResolvedRead, use: KeyUse, file: CheckedFile): Verdict | undefined {
  const { read, step } = resolved;
  const [key = ""] = path;
  const writers = use.writers.get(key) ?? [];
  const { event } = file.flow;
  if (event) {
    if (readPath({ ...event }, path) !== undefined) return undefined;
    if (writers.length === 0 && !use.loops.has(key)) {
      const near = slipOf(key, [...resolved.writtenKeys(), ...Object.keys(event)]);
      return {
        message: `${shown(path)} reads nothing: neither the schedule's payload nor a step has it`,
        hint: near && `did you mean "${near}"?`,
      };
    }
  }
  const [loop] = use.loops.get(key) ?? [];
  if (loop && writers.length === 0 && !use.expected.has(key)) {
    const line = file.lineOf(loop.node.at);
    return { message: `"${key}" is the variable of the loop on line ${line} and exists only inside it` };
  }
  const elsewhere = writers.length > 0 && (event || !(use.expected.has(key) || read.mayBeMissing));
  if (elsewhere) return writtenElsewhere(path, writers, step, file);
  return writers.length > 0 ? undefined : strangerKey(path, resolved, use, file);
}

function writtenElsewhere(
  path: Path,
  writers: readonly PathWrite[],
  reader: FlowStep | undefined,
  file: CheckedFile,
): Verdict | undefined {
  const { event } = file.flow;
  const writer = writers[0] as PathWrite;
  const line = file.lineOf(writer.at);
  const isolated = isolatedAround(writer.step, reader);
  if (isolated) {
    const around = file.lineOf(isolated.node.at);
    return {
      message: `${shown(path)} reads nothing: line ${line} writes "${path[0]}" on a view of its own, which ends with the ${isolated.step.type} of line ${around}`,
      hint: "take it out with output_to and result_from",
    };
  }
  // An event's field that is set anew later on is no mistake; what another side answers was not there before.
  if (!event && !writers.every(({ step, what }) => step.definition.effect || what === "beside"))
    return undefined;
  const where = reader !== undefined && sharesStep(writer.step, reader) ? "in another branch" : "later";
  return {
    message: `${shown(path)} is read here, but written only ${where}, on line ${line}`,
    hint: `if the event brings it, write \${input.${formatPath(path)}}`,
  };
}

/** A key that no step writes and no loop binds. */
function strangerKey(
  path: Path,
  resolved: ResolvedRead,
  use: KeyUse,
  file: CheckedFile,
): Verdict | undefined {
  const [key = "", inner] = path;
  if (/^\d+$/.test(key)) {
    return {
      message: `${shown(path)} reads nothing: the state is a mapping, which has no items`,
      hint: `an event that is a list is read as \${${formatPath(["input", ...path])}}`,
    };
  }
  const named = stepOfId(key, file);
  if (named) return idForResult(path, named, file);
  if (use.expected.has(key)) return undefined;
  const beside = /^(.+)_(meta|usage)$/.exec(key);
  const base = beside && use.writers.get(beside[1] ?? "");
  if (base && inner !== undefined) {
    const writer = base[0] as PathWrite;
    return {
      message: `${shown(path)} reads nothing: "${beside[1]}" is written ${byWhom(writer, file)}, which writes no "${key}"`,
    };
  }
  if ((use.readers.get(key)?.size ?? 0) > 1) return undefined;
  const near = slipOf(key, resolved.writtenKeys());
  const writer = near === undefined ? undefined : use.writers.get(near)?.[0];
  return writer && misspelt(path, [near as string, ...path.slice(1)], file.lineOf(writer.at));
}

function idForResult(path: Path, { step, node }: FlowStep, file: CheckedFile): Verdict {
  const [key = "", ...below] = path;
  const { type, outputTo } = step;
  const where = `"${key}" is the id of the ${type} of line ${file.lineOf(node.at)}`;
  return outputTo === null
    ? {
        message: `${shown(path)} reads nothing: ${where}, which writes no result`,
        hint: `give it output_to: ${key}`,
      }
    : {
        message: `${shown(path)} reads nothing: ${where}, whose result is "${outputTo}"`,
        hint: `read ${[outputTo, ...(below.length > 0 ? [formatPath(below)] : [])].join(".")}, or give it output_to: ${key}. If the event brings it, write \${input.${formatPath(path)}}`,
      };
}

function misspelt(path: Path, meant: Path, line: number): Verdict {
  return {
    message: `${shown(path)} is written by no step, and nothing else reads it`,
    hint: `did you mean ${shown(meant)}, which line ${line} writes? If the event brings it, write \${input.${formatPath(path)}}`,
  };
}

function slipOf(key: string, known: Iterable<string>): string | undefined {
  return [...known].find((one) => isSlip(key, one));
}

function differsInOneSlip(written: Path, path: Path): boolean {
  const different = path.flatMap((key, index) => (key === written[index] ? [] : [index]));
  const [index, ...more] = different;
  return index !== undefined && more.length === 0 && isSlip(path[index] as string, written[index] as string);
}

function byWhom({ step, at }: PathWrite, file: CheckedFile): string {
  return `by the ${step.step.type} of line ${file.lineOf(at)}`;
}

function shown(path: Path): string {
  return `"${formatPath(path)}"`;
}
