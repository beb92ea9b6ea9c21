import { conditionsHold } from "../core/condition.ts";
import { FlowError, toFlowError } from "../core/flow-error.ts";
import type { JournalEntry, Write } from "../core/journal.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { parsePath } from "../core/path.ts";
import type { BlockOptions } from "../core/step-context.ts";
import type { BlockEnd, Interruption, StepFailure } from "../core/step-result.ts";
import { type Lookup, renderDeep } from "../core/template.ts";
import type { StepNode } from "../core/workflow.ts";
import { attemptStep } from "./attempt-step.ts";
import { cachedStep } from "./cached-step.ts";
import { concludeStep } from "./conclude-step.ts";
import type { EarlyEnd } from "./early-end.ts";
import { entryTraits } from "./entry-traits.ts";
import type { Execution } from "./execution.ts";
import { type ReservedNames, readReserved } from "./reader.ts";
import { acceptedFailure, failureIn, type StepEnd, StepRecord } from "./step-record.ts";
import { fitsOnlyElsewhere, runTimeout, timeLeft } from "./time-limit.ts";
import type { View } from "./view.ts";
import type { ListEnd, Place, Walk } from "./walk.ts";

const DONE: ListEnd = { kind: "done" };

// A loop of pure steps never waits for anything: now and then the neighbours in the process get their turn.
const TURN_MS = 10;

/**
 * Walks the steps of one attempt of a run. A step that has a settled entry is not run again: its patch is applied,
 * so the walk reaches every place with the state it had there. Every end is a value; what is thrown is not a step's
 * doing (a lost lease, a store that cannot be reached).
 */
export class Interpreter implements Walk {
  readonly execution: Execution;
  readonly names: ReservedNames;
  readonly #early: EarlyEnd;
  #ending: AbortSignal | undefined;
  #turnEnds = 0;

  constructor(execution: Execution, names: ReservedNames, early: EarlyEnd) {
    this.execution = execution;
    this.names = names;
    this.#early = early;
  }

  get ending(): AbortSignal {
    this.#ending ??= AbortSignal.any([this.execution.signal, this.#early.signal]);
    return this.#ending;
  }

  within(signal: AbortSignal): Walk {
    if (signal === this.execution.signal) return this;
    return new Interpreter({ ...this.execution, signal }, this.names, this.#early);
  }

  /** Runs steps in order; `prefix` stands before their index. */
  async runList(nodes: readonly StepNode[], prefix: string, view: View): Promise<ListEnd> {
    for (const [index, node] of nodes.entries()) {
      const end = await this.#runStep(node, `${prefix}${index}`, view);
      if (end.kind !== "done") return end;
    }
    return DONE;
  }

  lookup(view: View, warn: (message: string) => void): Lookup {
    const { workflow } = this.execution;
    return {
      path: (path) => readReserved(path, view.state, this.names),
      env: (name) => this.execution.environment().value(name),
      missing: (placeholder) => {
        const message = `\${${placeholder}} resolves to nothing`;
        if (workflow.strict)
          throw new FlowError(
            "invalid_input",
            `${message}, and the workflow is strict. Give it a default: \${${placeholder}, …}`,
          );
        warn(message);
      },
    };
  }

  read(path: string, view: View): Json | undefined {
    return readReserved(parsePath(path), view.state, this.names);
  }

  async runBlock(
    place: Place,
    label: string,
    options: BlockOptions,
    hidden: Map<string, Write>,
  ): Promise<BlockEnd> {
    const { node, path, view: outer } = place;
    const variables = options.bind ?? {};
    const isolated = options.scope === "isolated";
    const at = `${path}.${options.at ?? label}`;
    const view = isolated ? outer.isolated(variables, at) : outer.nested();
    const restore = isolated ? [] : view.bind(variables);
    for (const write of restore) hidden.set(write.path.join("."), write);
    const end = await this.runList(node.blocks[label] ?? [], `${at}.`, view);
    const result: BlockEnd = end.kind === "done" ? doneBlock(view, this) : end;
    if (!isolated) view.unbind(restore);
    return result;
  }

  endOf({ node, path }: Place): Interruption | undefined {
    const { signal } = this.execution;
    if (!signal.aborted) return this.#early.end;
    const error = signal.reason as FlowError;
    return { kind: "fail", failure: { path, id: node.id, error, attempts: 0, endsRun: true } };
  }

  acceptItem(place: Place, at: string, failure: StepFailure): JsonObject {
    this.#recordFailure(place, at, failure, { handled: true });
    return acceptedFailure(failure, this.execution.environment().redactor);
  }

  keepFailure(place: Place, at: string, failure: StepFailure): void {
    this.#recordFailure(place, at, failure, { delivery: this.execution.journal.failures });
  }

  keptFailure({ path }: Place, at: string): StepFailure | undefined {
    const kept = this.execution.journal.takeStanding(`${path}.${at}`);
    const failure = kept && failureIn(kept);
    return failure && { ...failure, path: kept.error?.step ?? kept.path, id: kept.error?.id ?? kept.id };
  }

  acceptedItem(
    { path, view }: Place,
    at: string,
    variables: BlockOptions["bind"] = {},
  ): JsonObject | undefined {
    const past = this.execution.journal.settled(`${path}.${at}`);
    if (!past?.error) return undefined;
    const restore = view.bind(variables);
    this.#replay(past, view);
    view.unbind(restore);
    return { error: past.error.message, error_details: past.error.details };
  }

  #recordFailure(
    { node, path, view }: Place,
    at: string,
    failure: StepFailure,
    more: Pick<StepEnd, "handled" | "delivery">,
  ): void {
    const { journal, ports, environment } = this.execution;
    const record = new StepRecord(
      node,
      { path: `${path}.${at}`, item: view.item },
      environment,
      ports.clock.now(),
    );
    const end = { status: "failed", attempts: failure.attempts, failure, ...more } as const;
    journal.record(record.entry(end, ports.clock.now()), { effect: false, repeatable: true });
  }

  async #runStep(node: StepNode, path: string, view: View): Promise<ListEnd> {
    const { journal, steps, ports } = this.execution;
    const past = journal.settled(path);
    if (past) return this.#replay(past, view);
    const definition = steps.get(node.type);
    const before = journal.unsettled(path);
    const record = new StepRecord(
      node,
      { path, item: view.item },
      this.execution.environment,
      before?.status === "waiting" ? before.startedAt : ports.clock.now(),
      { children: before?.children, chunks: journal.chunks(path) },
    );
    if (!definition) {
      const error = new FlowError("config_error", `this version of Hookline has no step type "${node.type}"`);
      return { kind: "fail", failure: { path, id: node.id, error, attempts: 0 } };
    }
    const place = { node, definition, path, view };
    const leave = await this.#takeTurn(place);
    if (leave) return this.#noteEnd(leave);
    await journal.beforeStep();
    const hidden = new Map<string, Write>();
    try {
      const isEntered = journal.hasBelow(path) || before?.status === "waiting" || record.chunks !== undefined;
      if (node.when && !isEntered && !this.#whenHolds(node.when, view, record)) {
        journal.record(
          record.entry({ status: "skipped", attempts: 0 }, ports.clock.now()),
          entryTraits(place),
        );
        return DONE;
      }
    } catch (thrown) {
      const failure = { path, id: node.id, error: toFlowError(thrown), attempts: 0 };
      return concludeStep(
        this.execution,
        place,
        { result: { kind: "fail", failure }, attempts: 0 },
        record,
        hidden,
      );
    }
    const attempt = () => attemptStep(this, place, record, hidden);
    const attempted = await (node.cache ? cachedStep(this, place, node.cache, record, attempt) : attempt());
    return this.#noteEnd(concludeStep(this.execution, place, attempted, record, hidden));
  }

  /** An aborted signal is told to all it concerns; it may be that of a step around this one only. */
  #noteEnd(end: ListEnd): ListEnd {
    return this.execution.signal.aborted ? end : this.#early.note(end);
  }

  /** Brings the view to where the step left it: what its own steps wrote to the same state, then what it wrote itself. */
  #replay(entry: JournalEntry, view: View): ListEnd {
    for (const inner of this.execution.journal.below(entry.path))
      if (inner.isolated === view.item) view.apply(inner.patch);
    view.apply(entry.patch);
    if (entry.status === "dropped") return { kind: "drop", reason: entry.note ?? "" };
    return entry.status === "stopped" ? { kind: "stop", reason: entry.note ?? "" } : DONE;
  }

  #whenHolds(conditions: NonNullable<StepNode["when"]>, view: View, record: StepRecord): boolean {
    const lookup = this.lookup(view, (message) => record.warn(message));
    return conditionsHold(conditions, {
      read: (field) => this.read(field, view),
      render: (value) => renderDeep(value, lookup),
    });
  }

  /** Gives neighbours their turn, and ends the stay here when time is up, the run ends elsewhere or is known as poison. */
  async #takeTurn(place: Place): Promise<Interruption | undefined> {
    const { node, definition, path } = place;
    const { limits, ports, journal, poison } = this.execution;
    const now = ports.clock.now();
    const fail = (error: FlowError): Interruption => ({
      kind: "fail",
      failure: { path, id: node.id, error, attempts: 0, endsRun: true },
    });
    const end = this.endOf(place);
    // A control step that was entered is entered again: what its steps wrote belongs to the state.
    if (end && !(definition.blocks && journal.hasBelow(path))) return end;
    if (poison && !definition.blocks) return fail(poison);
    if (timeLeft(this.execution) <= 0) return fail(runTimeout(this.execution.workflow));
    if (now >= limits.handOverAt || fitsOnlyElsewhere(this.execution, place))
      return { kind: "pause", pause: { reason: "hand_over" } };
    if (now >= this.#turnEnds) {
      if (this.#turnEnds > 0) await ports.clock.sleep(0);
      this.#turnEnds = ports.clock.now() + TURN_MS;
    }
    return undefined;
  }
}

function doneBlock(view: View, interpreter: Interpreter): BlockEnd {
  const state = view.state;
  return {
    kind: "done",
    get written() {
      return view.written;
    },
    read: (path) => readReserved(parsePath(path), state, interpreter.names),
  };
}
