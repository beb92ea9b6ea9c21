import { addToList } from "../../../core/add-to-list.ts";
import { READ_ONLY_NAMES } from "../../../core/reserved-names.ts";
import type { Flow } from "./build-flow.ts";
import type { FlowStep, PathRead, PathWrite } from "./flow-step.ts";
import type { ResolvedRead } from "./resolve-reads.ts";
import { stateKeys } from "./step-writes.ts";

/** Who writes and reads which keys of the state's root, over a whole file. */
export interface KeyUse {
  readonly writers: ReadonlyMap<string, readonly PathWrite[]>;
  /** Loops by the variable they bind. */
  readonly loops: ReadonlyMap<string, readonly FlowStep[]>;
  /** Steps that read a key, by its name. */
  readonly readers: ReadonlyMap<string, ReadonlySet<FlowStep | undefined>>;
  /** Keys that the file itself takes for parts of the event. */
  readonly expected: ReadonlySet<string>;
}

/** Collects the use of keys in one pass over the steps. */
export function keyUse(flow: Flow, reads: readonly ResolvedRead[]): KeyUse {
  const writers = new Map<string, PathWrite[]>();
  const loops = new Map<string, FlowStep[]>();
  const readers = new Map<string, Set<FlowStep | undefined>>();
  const expected = new Set<string>();
  for (const step of flow.all) {
    const known = new Set(step.reads.map(({ path }) => stateKeys(path)[0]));
    const words = wordsOf(step.program);
    // A program in front of the first step that writes a key can only mean the event's.
    for (const word of words) if (!writers.has(word)) expected.add(word);
    for (const write of step.writes) {
      const [key = ""] = write.path;
      addToList(writers, key, write);
      if (known.has(key)) expected.add(key);
    }
    for (const { variable } of step.blocks) {
      if (variable === undefined) continue;
      addToList(loops, variable, step);
      // A loop over a part of what its own variable then hides.
      if (known.has(variable)) expected.add(variable);
    }
  }
  for (const { read, step, writes } of reads) {
    const [key = "", inner] = stateKeys(read.path);
    const readersOfKey = readers.get(key) ?? new Set();
    readers.set(key, readersOfKey.add(step));
    if (key === "input" && inner !== undefined) expected.add(inner);
    if (isQuestion(read) && writes.length === 0) expected.add(key);
  }
  return { writers, loops, readers, expected };
}

/** True for a path that reads something else than the state. */
export function isReservedRead({ path: [head = ""] }: PathRead, step: FlowStep | undefined): boolean {
  return READ_ONLY_NAMES.includes(head) && (head !== "error" || step?.inOnFailure === true);
}

/** A condition that asks whether something is there at all. */
function isQuestion({ how, mayBeMissing }: PathRead): boolean {
  return how === "condition" && mayBeMissing;
}

/** What could name a key of the state: words, but for the later ones of a path. */
function wordsOf(program: string): readonly string[] {
  return program === "" ? [] : [...new Set(program.match(/(?<![\w\])]\.|\w)[A-Za-z_]\w*/g))];
}
