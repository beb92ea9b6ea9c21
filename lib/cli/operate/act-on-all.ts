import { systemClock } from "../../adapters/system-clock.ts";
import { FlowError, heals, toFlowError } from "../../core/flow-error.ts";
import type { JsonObject } from "../../core/json.ts";
import { EXIT } from "../exit.ts";
import { onInterrupt } from "../interrupt.ts";
import { jsonText } from "../json-text.ts";
import type { Terminal } from "../new/ask-for-workflow.ts";
import { printableLine } from "../printable.ts";
import { isMeant } from "./confirm.ts";
import { createProgress } from "./progress.ts";

/** What came of one of them. */
export interface Outcome {
  readonly kind: "done" | "left_out" | "missing" | "failed";
  /** The same word for all that it happened to: `redriven`, `succeeded`. */
  readonly word: string;
  /** A sentence more, e.g. with the id of a replay. */
  readonly note?: string;
  readonly fields?: JsonObject;
}

/** The runs, or messages, that a command is for. */
export interface Selection<Item> {
  readonly noun: "run" | "message";
  /** Somebody named each of them. */
  readonly isNamed: boolean;
  count(): Promise<number>;
  /** Read page by page as they are needed. */
  items(): AsyncGenerator<Item>;
  idOf(item: Item): string;
}

/** A change that is made to one after the other. */
export interface Change<Item> {
  /** `redrive` */
  readonly verb: string;
  /** `redriven` */
  readonly done: string;
  /** It cannot be taken back: asked for any number. */
  readonly asks?: true;
  apply(item: Item): Promise<Outcome>;
}

/** How a change is made to many. */
export interface ActOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly perSecond: number;
  readonly json?: boolean;
}

// So many are shown of what a dry run found.
const SHOWN = 20;

/**
 * Makes a change to all of a selection, one after the other. Ctrl-C finishes the one in hand; a fault that may heal stops
 * too. In both cases the last line says how many are left, and repeating the command goes on with them.
 */
export async function actOnAll<Item>(
  selection: Selection<Item>,
  change: Change<Item>,
  options: ActOptions,
  terminal: Terminal | undefined,
): Promise<number> {
  const of = await selection.count();
  if (options.dryRun) return dryRun(selection, change.verb, of, options);
  if (
    !(await isMeant(
      of,
      `${change.verb} ${counted(of, selection.noun)}`,
      { ...options, asks: change.asks },
      terminal,
    ))
  ) {
    process.stderr.write("Nothing was changed.\n");
    return EXIT.failed;
  }
  const stopping = new AbortController();
  const stopListening = onInterrupt(() => stopping.abort());
  const tally = new Tally();
  try {
    await applyToAll(selection, change, of, options, tally, stopping.signal);
  } finally {
    stopListening();
  }
  const left = Math.max(0, of - tally.count);
  if (options.json) process.stdout.write(`${jsonText({ summary: tally.view(of, left) })}\n`);
  else process.stdout.write(`${tally.line(change.done, of, selection.noun)}\n`);
  if (tally.trouble) process.stderr.write(`hookline: ${printableLine(tally.trouble.message)}\n`);
  if (left > 0 && (stopping.signal.aborted || tally.trouble))
    process.stderr.write(
      `${counted(left, selection.noun)} left: the same command goes on with ${left === 1 ? "it" : "them"}.\n`,
    );
  return stopping.signal.aborted ? EXIT.interrupted : tally.exitCode(selection.isNamed);
}

async function applyToAll<Item>(
  selection: Selection<Item>,
  change: Change<Item>,
  of: number,
  { perSecond, json }: ActOptions,
  tally: Tally,
  stopping: AbortSignal,
): Promise<void> {
  const progress = createProgress(process.stderr, change.verb);
  const told = selection.isNamed || json === true;
  if (!told) progress.show(0, of);
  let nextAt = systemClock.now();
  try {
    for await (const item of selection.items()) {
      if (nextAt > systemClock.now()) await pause(nextAt - systemClock.now(), stopping);
      if (stopping.aborted) return;
      nextAt = Math.max(nextAt, systemClock.now() - 1000) + 1000 / perSecond;
      const outcome = await outcomeOf(() => change.apply(item), tally);
      if (!outcome) return;
      tally.add(outcome);
      const id = selection.idOf(item);
      if (json) process.stdout.write(`${jsonText(outcomeView(selection.noun, id, outcome))}\n`);
      else if (told || outcome.kind === "failed") process.stdout.write(`${id}  ${outcomeText(outcome)}\n`);
      if (!told) progress.show(tally.count, of);
    }
  } finally {
    if (!told) progress.end();
  }
}

/** Undefined: the stage cannot be reached, and the others would not fare better. */
async function outcomeOf(apply: () => Promise<Outcome>, tally: Tally): Promise<Outcome | undefined> {
  try {
    return await apply();
  } catch (thrown) {
    const error = toFlowError(thrown);
    if (!(thrown instanceof FlowError) || error.class === "invalid_input") throw thrown;
    if (heals(error.class) || error.class === "config_error") {
      tally.trouble = error;
      return undefined;
    }
    return { kind: "failed", word: "in trouble", note: error.message };
  }
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await systemClock.sleep(ms, signal).catch(() => {});
}

async function dryRun<Item>(
  { items, idOf, noun }: Selection<Item>,
  verb: string,
  of: number,
  { json }: ActOptions,
): Promise<number> {
  const shown: string[] = [];
  for await (const item of items()) {
    const id = idOf(item);
    if (json) process.stdout.write(`${jsonText({ [`${noun}_id`]: id })}\n`);
    else shown.push(id);
    if (shown.length === SHOWN) break;
  }
  const summary = { dry_run: true, matched: of };
  const lines = [
    ...shown,
    ...(of > shown.length && !json ? [`… and ${of - shown.length} more`] : []),
    json ? jsonText({ summary }) : `Would ${verb} ${counted(of, noun)}. Nothing was changed.`,
  ];
  process.stdout.write(`${lines.join("\n")}\n`);
  return EXIT.ok;
}

/** Counts outcomes. */
class Tally {
  count = 0;
  trouble: FlowError | undefined;
  readonly #kinds = new Map<Outcome["kind"], number>();
  readonly #words = new Map<string, number>();
  readonly #leftOut = new Map<string, number>();

  add({ kind, word }: Outcome): void {
    this.count += 1;
    this.#kinds.set(kind, this.#of(kind) + 1);
    this.#words.set(word, (this.#words.get(word) ?? 0) + 1);
    if (kind === "left_out") this.#leftOut.set(word, (this.#leftOut.get(word) ?? 0) + 1);
  }

  #of(kind: Outcome["kind"]): number {
    return this.#kinds.get(kind) ?? 0;
  }

  view(of: number, left: number): JsonObject {
    return {
      matched: of,
      done: this.#of("done"),
      left_out: Object.fromEntries(this.#leftOut),
      missing: this.#of("missing"),
      failed: this.#of("failed"),
      left,
    };
  }

  line(done: string, of: number, noun: string): string {
    const others = [...this.#words]
      .filter(([word]) => word !== done)
      .map(([word, count]) => `${count} ${word}`);
    const rest = others.length === 0 ? "" : `; others: ${others.join(", ")}`;
    return of === 0
      ? `No ${noun} matches.`
      : `${this.#words.get(done) ?? 0} of ${counted(of, noun)} ${done}${rest}`;
  }

  exitCode(isNamed: boolean): number {
    if (this.trouble || this.#of("failed") > 0) return EXIT.failed;
    if (this.#of("missing") > 0) return isNamed ? EXIT.usage : EXIT.ok;
    return isNamed && this.#of("left_out") > 0 ? EXIT.failed : EXIT.ok;
  }
}

function outcomeText({ word, note }: Outcome): string {
  return printableLine(note === undefined ? word : `${word}: ${note}`);
}

function outcomeView(noun: string, id: string, { kind, word, note, fields }: Outcome): JsonObject {
  return { [`${noun}_id`]: id, outcome: kind, word, ...(note !== undefined && { note }), ...fields };
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
