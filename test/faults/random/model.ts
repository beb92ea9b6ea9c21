import type { Json, JsonObject } from "../../../lib/core/json.ts";
import {
  asText,
  type FailureTraits,
  hold,
  isMapping,
  keysOf,
  type Reader,
  Refusal,
  render,
  valueAt,
  withValueAt,
} from "./model-values.ts";

/** What a run comes to. */
export interface ModelRun {
  readonly workflow: string;
  readonly status: "succeeded" | "failed" | "dropped";
  readonly state: JsonObject;
  readonly output: Json;
  readonly error: { readonly class: string; readonly step: string | null } | null;
  /** What `stop` or `fail` said. */
  readonly said?: string;
  readonly calls: readonly ModelCall[];
  /** `path status` of each step that ended. */
  readonly settled: readonly string[];
  /** `path line` of each print. */
  readonly printed: readonly string[];
}

/** One attempt of a call. */
export interface ModelCall {
  readonly path: string;
  /** Path of the isolated item or branch that made it, in which alone the order is defined; empty: none. */
  readonly lane: string;
  readonly method: string;
  readonly url: string;
  /** Undefined: none is sent. */
  readonly body: string | undefined;
}

/** Workflows by name, and what the other side answers. */
export interface ModelWorld {
  readonly workflows: { readonly [name: string]: JsonObject };
  answer(url: string): { readonly status?: number; readonly body?: Json; readonly error?: string };
}

interface Failure extends FailureTraits {
  readonly step: string | null;
  readonly class: string;
  readonly attempts: number;
}
/** How a list ends before its last step. */
type End = { readonly kind: "drop" } | { readonly kind: "stop"; readonly said: string };
type PartEnd = End | { readonly kind: "result"; readonly value: Json };
/** What a step comes to: an end of its list, or what it writes. */
interface Result {
  readonly end?: End | undefined;
  readonly output?: Json | undefined;
  readonly also?: readonly (readonly [string, Json])[];
  readonly meta?: JsonObject;
}
/** Work that yields each time it has failed for good in a delivery, and goes on there when it is asked to. */
type Work<T> = Generator<Failure, T, void>;

/** A state that steps share, and what was written to it since each of the open blocks began. */
interface Scope {
  state: JsonObject;
  readonly open: (readonly [string, Json])[][];
  readonly lane: string;
}

interface Place {
  readonly step: JsonObject;
  readonly path: string;
  readonly scope: Scope;
  /** The attempt under way, from 1. */
  readonly attempt: { count: number };
}

const HEALING: readonly Json[] = ["timeout", "connection", "rate_limited", "server_error"];
const DELIVERIES = 5;
const DEFAULT_OUTPUT: JsonObject = {
  http_call: "http",
  run_workflow: "run_workflow",
  parallel: "parallel",
  add_uuid: "meta.id",
};

/**
 * What language.md says that a workflow makes of an event: the run, and behind it those that it starts. A run is one
 * process here, which never dies; a failed delivery is asked to go on where it stands. So there is neither journal nor
 * replay, and nothing of the engine.
 */
export function runModel(world: ModelWorld, workflow: string, event: Json): readonly ModelRun[] {
  const started: ModelRun[] = [];
  return [new Run(world, workflow, event, started).execute(), ...started];
}

class Run {
  readonly #world: ModelWorld;
  readonly #workflow: string;
  readonly #event: Json;
  readonly #file: JsonObject;
  readonly #started: ModelRun[];
  readonly #calls: ModelCall[] = [];
  readonly #settled: string[] = [];
  readonly #printed: string[] = [];
  readonly #names: Record<string, Json>;
  readonly #environment: JsonObject;

  constructor(world: ModelWorld, workflow: string, event: Json, started: ModelRun[]) {
    this.#world = world;
    this.#workflow = workflow;
    this.#event = event;
    this.#file = world.workflows[workflow] ?? {};
    this.#started = started;
    this.#names = { input: event, workflow: { name: workflow } };
    const declared = (this.#file.environment ?? []) as readonly { name: string; default: string }[];
    this.#environment = Object.fromEntries(declared.map((one) => [one.name, one.default]));
  }

  execute(): ModelRun {
    const scope: Scope = { state: isMapping(this.#event) ? this.#event : {}, open: [], lane: "" };
    const work = this.#list(this.#file.steps, "", scope);
    let turn = work.next();
    for (let made = 1; made < DELIVERIES && !turn.done && heals(turn.value); made += 1) turn = work.next();
    if (!turn.done) {
      work.return(undefined);
      return this.#failed(turn.value, scope);
    }
    const end = turn.value;
    if (end?.kind === "drop") return this.#ended("dropped", scope);
    try {
      const { output } = this.#file;
      const rendered = output === undefined ? scope.state : render(output, this.#reader(scope));
      return this.#ended("succeeded", scope, { output: rendered, ...(end && { said: end.said }) });
    } catch (thrown) {
      return this.#failed({ ...failureOf(thrown, "", 0), step: null }, scope);
    }
  }

  #failed(failure: Failure, scope: Scope): ModelRun {
    const { step, class: errorClass, endsRun } = failure;
    const steps = (this.#file.on_failure ?? []) as readonly JsonObject[];
    if (steps.length > 0) {
      this.#settled.push("on_failure ok");
      this.#names.error = { step, class: errorClass, details: step === null ? {} : detailsOf(failure) };
      const work = this.#list(steps, "on_failure.", scope);
      work.next();
      work.return(undefined);
    }
    const error = { class: errorClass, step };
    return this.#ended("failed", scope, { error, ...(endsRun !== undefined && { said: endsRun }) });
  }

  #ended(status: ModelRun["status"], { state }: Scope, more: Partial<ModelRun> = {}): ModelRun {
    const [calls, settled, printed] = [this.#calls, this.#settled, this.#printed];
    return {
      workflow: this.#workflow,
      status,
      state,
      output: null,
      error: null,
      calls,
      settled,
      printed,
      ...more,
    };
  }

  *#list(steps: Json | undefined, prefix: string, scope: Scope): Work<End | undefined> {
    for (const [index, step] of ((steps ?? []) as readonly JsonObject[]).entries()) {
      const end = yield* this.#step(this.#withDefaults(step), `${prefix}${index}`, scope);
      if (end) return end;
    }
    return undefined;
  }

  /** A step that says where its result goes, or what its failure does, takes nothing of that from the file's defaults. */
  #withDefaults(step: JsonObject): JsonObject {
    if (step.type !== "http_call" && step.type !== "run_workflow") return step;
    const isDecided = (step.drop_on_failure ?? step.swallow_on_error) !== undefined;
    const { drop_on_failure, swallow_on_error, ...others } = (this.#file.defaults ?? {}) as JsonObject;
    const policy = {
      ...(drop_on_failure !== undefined && { drop_on_failure }),
      swallow_on_error: swallow_on_error ?? false,
    };
    return { ...others, ...(!isDecided && policy), ...step };
  }

  /** One step: its condition, its attempts, what it writes, and what its failure means. */
  *#step(step: JsonObject, path: string, scope: Scope): Work<End | undefined> {
    const attempt = { count: 0 };
    const place: Place = { step, path, scope, attempt };
    const work = this.#work(place);
    const settle = (status: string) => void this.#settled.push(`${path} ${status}`);
    try {
      for (;;) {
        let failure: Failure;
        try {
          if (attempt.count === 0 && !hold(step.when, this.#reader(scope))) return settle("skipped");
          const turn = tryOut(work, step, attempt);
          if (turn.done) {
            const { end } = turn.value;
            if (!end) this.#write(scope, this.#writesOf(place, turn.value));
            settle(end ? `${end.kind}ped` : "ok");
            return end;
          }
          failure = turn.value;
        } catch (thrown) {
          failure = failureOf(thrown, path, attempt.count);
        }
        if (step.drop_on_failure === true && step.type !== "filter" && failure.endsRun === undefined) {
          settle("dropped");
          return { kind: "drop" };
        }
        try {
          if (this.#accepts(place, failure)) return settle("failed");
        } catch (thrown) {
          failure = failureOf(thrown, path, attempt.count);
        }
        yield failure;
      }
    } finally {
      work.return({});
    }
  }

  /** Goes on after a failure that the file accepts, with what stands in place of the result. */
  #accepts({ step, scope }: Place, failure: Failure): boolean {
    const { swallow_on_error: swallows, raw_on_error: raw, drop_on_failure: drops } = step;
    if (failure.endsRun !== undefined || step.type === "filter" || !(swallows || drops === false))
      return false;
    const value = swallows && !raw ? null : acceptedValue(failure);
    const target = targetOf(step);
    if (target === undefined) return true;
    const meta = { status: failure.status ?? null, duration_ms: 0, attempts: failure.attempts };
    const beside = step.type === "http_call" ? besideOf(scope, target, meta) : [];
    this.#write(scope, [[target, value], ...beside]);
    return true;
  }

  #writesOf({ step, scope }: Place, { output, also = [], meta }: Result): (readonly [string, Json])[] {
    const target = targetOf(step);
    const isMerged = step.inject === true && isMapping(output);
    const beside = meta && target !== undefined ? besideOf(scope, target, meta) : [];
    if (isMerged) return [...Object.entries(output), ...also, ...beside];
    return [
      ...(output === undefined || target === undefined ? [] : [[target, output] as const]),
      ...also,
      ...beside,
    ];
  }

  #write(scope: Scope, writes: readonly (readonly [string, Json])[]): void {
    scope.state = written(scope.state, writes);
    for (const block of scope.open) block.push(...writes);
  }

  #reader(scope: Scope, state: JsonObject = scope.state): Reader {
    return {
      strict: this.#file.strict === true,
      environment: this.#environment,
      read: (path) => {
        const [head = "", ...rest] = keysOf(path);
        if (head === "state") return valueAt(state, rest);
        return Object.hasOwn(this.#names, head)
          ? valueAt(this.#names[head], rest)
          : valueAt(state, [head, ...rest]);
      },
    };
  }

  /** What a step does; what is thrown on the way is a failure of its own. */
  *#work(place: Place): Work<Result> {
    for (;;) {
      try {
        return yield* this.#body(place);
      } catch (thrown) {
        yield failureOf(thrown, place.path, place.attempt.count);
      }
    }
  }

  *#body(place: Place): Work<Result> {
    const { step, scope, path } = place;
    const reader = this.#reader(scope);
    switch (step.type) {
      case "http_call":
        return this.#call(place, reader);
      case "run_workflow":
        return this.#runWorkflow(place, reader);
      case "if_else":
        return yield* this.#ifElse(place, reader);
      case "for_each":
        return yield* this.#forEach(place, reader);
      case "parallel":
        return yield* this.#parallel(place);
      case "filter":
        return filter(step, reader);
      case "set":
        return { also: this.#assignments(step.values as JsonObject, scope) };
      case "print": {
        const { text = "", prefix = "" } = render({ ...step }, reader) as JsonObject;
        const line = [asText(prefix).trimEnd(), asText(text)].filter((part) => part !== "").join(" ");
        this.#printed.push(`${path} ${line}`);
        return {};
      }
      case "stop":
        return { end: { kind: "stop", said: asText(render(step.message ?? "", reader)) } };
      case "fail":
        throw new Refusal("refused", { endsRun: asText(render(step.message ?? "", reader)) });
      case "add_uuid":
        return { output: "00000000-0000-4000-8000-000000000000" };
      case "wait":
        return {};
      default:
        throw new Error(`the model knows no ${step.type}`);
    }
  }

  #assignments(values: JsonObject, scope: Scope): readonly (readonly [string, Json])[] {
    let { state } = scope;
    return Object.entries(values).map(([path, template]) => {
      const write = [path, render(template, this.#reader(scope, state))] as const;
      state = written(state, [write]);
      return write;
    });
  }

  #call({ step, path, scope, attempt }: Place, reader: Reader): Result {
    const { method = "GET", query = {}, body: template = null, allow_status: allowed = [], response } = step;
    const address = String(render(step.url ?? "", reader, encodeURIComponent));
    const pairs = Object.entries(render(query, reader) as JsonObject).flatMap(([key, value]) =>
      [value].flat().flatMap((one) => (one === null ? [] : [[key, one] as const])),
    );
    const search = pairs.map(([key, value]) => `${key}=${encodeURIComponent(asText(value))}`).join("&");
    const sent = render(template, reader);
    const url = search === "" ? address : `${address}?${search}`;
    const { lane } = scope;
    this.#calls.push({
      path,
      lane,
      method: String(method),
      url,
      body: sent === null ? undefined : asText(sent),
    });
    const { status = 200, body = null, error } = this.#world.answer(address);
    if (error !== undefined) throw new Refusal(error);
    if (status > 299 && !(allowed as readonly Json[]).includes(status))
      throw new Refusal(classOfStatus(status), { status, body: asText(body) });
    const isJson = body !== null && typeof body !== "string";
    const headers: JsonObject = isJson ? { "content-type": "application/json" } : {};
    const output = response === "full" ? { status, headers, body: body ?? "", duration_ms: 0 } : (body ?? "");
    return { output, meta: { status, duration_ms: 0, attempts: attempt.count } };
  }

  #runWorkflow({ step, scope }: Place, reader: Reader): Result {
    const from = step.input_from === undefined ? scope.state : (reader.read(String(step.input_from)) ?? null);
    const event = step.event === undefined ? from : render(step.event, reader);
    const run = new Run(this.#world, String(step.name), event, this.#started).execute();
    this.#started.push(run);
    const run_id = "00000000-0000-7000-8000-000000000000";
    if (step.await === false) return { output: { run_id } };
    if (run.error) throw new Refusal(run.error.class, { final: true });
    const { status, output } = run;
    return { output, meta: { run_id, status, ...(status === "dropped" && { reason: "" }) } };
  }

  *#ifElse({ step, path, scope }: Place, reader: Reader): Work<Result> {
    const branches = [step.if, ...((step.else_if ?? []) as readonly Json[])] as readonly JsonObject[];
    const index = branches.findIndex(({ conditions, match }) => hold(conditions, reader, match));
    const branch = index < 0 ? (step.else as JsonObject | undefined) : branches[index];
    if (!branch) return { output: { branch: null } };
    const label = index < 0 ? "else" : index === 0 ? "if" : `else_if_${index}`;
    const end = yield* this.#list(
      index === 0 ? (branch.steps ?? step.steps) : branch.steps,
      `${path}.${label}.`,
      scope,
    );
    return { output: { branch: label }, end };
  }

  *#forEach({ step, path, scope }: Place, reader: Reader): Work<Result> {
    const source = String(step.input_from);
    const items = reader.read(source) ?? null;
    if (items !== null && !Array.isArray(items)) throw new Refusal("invalid_input");
    const ends: PartEnd[] = [];
    const list = ((items ?? []) as readonly Json[]).entries();
    if (step.item_scope === "isolated") {
      const lanes = [...list].map(([index, item]) => this.#item(step, `${path}.items.${index}`, item, scope));
      ends.push(...(yield* together(lanes)));
    } else {
      for (const [index, item] of list) {
        ends.push(yield* this.#item(step, `${path}.items.${index}`, item, scope));
        if (ends.at(-1)?.kind === "stop") break;
      }
    }
    const end = ends.find((one) => one.kind === "stop");
    const results = ends.flatMap((one) => (one.kind === "result" ? [one.value] : []));
    const target = targetOf(step);
    const before = target === undefined ? undefined : this.#reader(scope).read(target);
    const output = combined(results, step.result_strategy, before);
    const isReplaced = step.result_strategy === "replace" && items !== null;
    return { end, output, ...(isReplaced && { also: [[source, output]] }) };
  }

  /** One item of a loop, on a state of its own or with the variable in the place of what it hides. */
  *#item(step: JsonObject, path: string, item: Json, outer: Scope): Work<PartEnd> {
    const name = String(step.var ?? "item");
    const accepts = step.on_item_error === "continue";
    if (step.item_scope === "isolated") {
      const scope = { state: { ...outer.state, [name]: item }, open: [], lane: path };
      return yield* this.#part(step.steps, path, scope, step.result_from, accepts);
    }
    const hidden = outer.state[name];
    outer.state = { ...outer.state, [name]: item };
    try {
      return yield* this.#part(step.steps, path, outer, step.result_from, accepts);
    } finally {
      const { [name]: _gone, ...others } = outer.state;
      outer.state = hidden === undefined ? others : { ...others, [name]: hidden };
    }
  }

  *#parallel({ step, path, scope: outer }: Place): Work<Result> {
    const branches = Object.entries(step.branches as JsonObject);
    const lanes = branches.map(([name, branch]) => {
      const lane = `${path}.${name}`;
      const scope = { state: outer.state, open: [], lane };
      const { steps, result_from } = isMapping(branch) ? branch : { steps: branch };
      return this.#part(steps, lane, scope, result_from, step.on_branch_error === "continue");
    });
    const ends = yield* together(lanes);
    const end = ends.find((one) => one.kind === "stop");
    const values = ends.map((one) => (one.kind === "result" ? one.value : null));
    return {
      end,
      output: Object.fromEntries(branches.map(([name], index) => [name, values[index] ?? null])),
    };
  }

  /** Steps of an item or a branch, and their result. */
  *#part(
    steps: Json | undefined,
    path: string,
    scope: Scope,
    from: Json | undefined,
    accepts: boolean,
  ): Work<PartEnd> {
    const writes: (readonly [string, Json])[] = [];
    scope.open.push(writes);
    const list = this.#list(steps, `${path}.`, scope);
    try {
      for (;;) {
        const turn = list.next();
        if (turn.done && turn.value) return turn.value;
        if (turn.done) {
          const value = from === undefined ? written({}, writes) : this.#reader(scope).read(String(from));
          return { kind: "result", value: value ?? null };
        }
        if (accepts && turn.value.endsRun === undefined) {
          this.#settled.push(`${path} failed`);
          return { kind: "result", value: acceptedValue(turn.value) };
        }
        yield turn.value;
      }
    } finally {
      list.return(undefined);
      scope.open.pop();
    }
  }
}

/** All attempts of one delivery. */
function tryOut(
  work: Work<Result>,
  { retries = 0, retry_on = HEALING }: JsonObject,
  attempt: { count: number },
) {
  for (attempt.count = 1; ; attempt.count += 1) {
    const turn = work.next();
    if (turn.done || turn.value.endsRun !== undefined || attempt.count > Number(retries)) return turn;
    if (!(retry_on as readonly Json[]).includes(turn.value.class)) return turn;
  }
}

/** Lanes beside each other: all are tried, and fail as the first of those that failed. */
function* together(lanes: readonly Work<PartEnd>[]): Work<readonly PartEnd[]> {
  const ends = new Map<number, PartEnd>();
  try {
    for (;;) {
      const failures: Failure[] = [];
      for (const [index, lane] of lanes.entries()) {
        if (ends.has(index)) continue;
        const turn = lane.next();
        if (turn.done) ends.set(index, turn.value);
        else failures.push(turn.value);
      }
      const isStopped = [...ends.values()].some(({ kind }) => kind === "stop");
      if (failures.length === 0 || isStopped)
        return [...ends].sort(([a], [b]) => a - b).map(([, end]) => end);
      yield (failures.find(({ endsRun }) => endsRun !== undefined) ?? failures[0]) as Failure;
    }
  } finally {
    for (const lane of lanes) lane.return({ kind: "drop" });
  }
}

function combined(results: readonly Json[], strategy: Json | undefined, before: Json | undefined): Json {
  if (strategy === "merge_objects") return Object.assign({}, ...results.filter(isMapping));
  if (strategy === "extend_array") return [...(Array.isArray(before) ? before : []), ...results.flat()];
  return results;
}

function filter({ conditions, groups, drop_on_failure: drops = true }: JsonObject, reader: Reader): Result {
  const all = (groups ?? [{ conditions }]) as readonly JsonObject[];
  const held = all.map((group) => hold(group.conditions, reader));
  const passed = held.includes(true);
  return !passed && drops ? { end: { kind: "drop" } } : { output: { passed, groups: held } };
}

function targetOf(step: JsonObject): string | undefined {
  const target = step.output_to ?? DEFAULT_OUTPUT[String(step.type)];
  return target === undefined ? undefined : String(target);
}

/** The write beside a result, which has no place where the result is an element of a list. */
function besideOf(scope: Scope, target: string, meta: JsonObject): readonly (readonly [string, Json])[] {
  const keys = keysOf(target.replace(/^state\./, ""));
  const isElement = Array.isArray(valueAt(scope.state, keys.slice(0, -1)));
  return isElement ? [] : [[`${keys.join(".")}_meta`, meta]];
}

function written(state: JsonObject, writes: readonly (readonly [string, Json])[]): JsonObject {
  return writes.reduce<JsonObject>((now, [path, value]) => {
    const keys = keysOf(path.replace(/^state\./, ""));
    return withValueAt(now, keys, value) as JsonObject;
  }, state);
}

function failureOf(thrown: unknown, step: string, attempts: number): Failure {
  if (!(thrown instanceof Refusal)) throw thrown;
  return { step, class: thrown.class, attempts, ...thrown.traits };
}

function heals({ class: errorClass, endsRun, final }: Failure): boolean {
  return HEALING.includes(errorClass) && endsRun === undefined && !final;
}

function detailsOf({ class: errorClass, status, attempts, body }: Failure): JsonObject {
  return { class: errorClass, message: "", status: status ?? null, attempts, body: body ?? null };
}

/** What a failure that the file accepts leaves in place of the result; the sentences are left open. */
function acceptedValue(failure: Failure): JsonObject {
  return { error: "", error_details: detailsOf(failure) };
}

function classOfStatus(status: number): string {
  const named: { readonly [status: number]: string } = {
    408: "timeout",
    425: "server_error",
    429: "rate_limited",
  };
  return named[status] ?? (status >= 500 ? "server_error" : "client_error");
}
