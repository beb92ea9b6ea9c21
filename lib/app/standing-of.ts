import { isSettled, type JournalEntry } from "../core/journal.ts";
import { lastRound } from "../core/redriven-journal.ts";
import type { RunRecord } from "../core/run.ts";

/** A step at its place in a run. */
export interface StepPlace {
  readonly path: string;
  readonly id: string;
}

/** How a run stands, in a sentence. */
export interface Standing {
  readonly why: string;
  /** When it goes on by itself, milliseconds since the epoch. */
  readonly until?: number;
  /** The step that it is about. */
  readonly at?: StepPlace;
}

/** Why a run ended as it did, or what it waits for. */
export function standingOf(run: RunRecord, now: number): Standing {
  const journal = lastRound(run.journal, run.redrives);
  switch (run.status) {
    case "succeeded":
      return succeeded(run, journal);
    case "failed":
    case "cancelled":
      return failed(run, journal);
    case "dropped":
      return dropped(run, journal);
    case "running":
      return { why: "It is being worked on.", ...placeOf(openEntry(journal) ?? journal.at(-1)) };
    case "queued":
      return queued(run, now);
    case "waiting":
      return waiting(run, journal);
  }
}

function succeeded({ reason }: RunRecord, journal: readonly JournalEntry[]): Standing {
  const accepted = journal.filter(({ status, handled }) => status === "failed" && handled);
  const [first] = accepted;
  const also =
    first === undefined
      ? ""
      : ` Failures that the file accepts: ${accepted.length}, the first at ${named(first)}: ${first.error?.message ?? ""}`;
  if (reason === undefined) return { why: `Every step has ended well.${also}` };
  const at = journal.findLast(({ status }) => status === "stopped");
  return {
    why: `${at ? `Step ${named(at)}` : "A step"} ended it before its last step: ${reason}${also}`,
    ...placeOf(at),
  };
}

function failed({ status, error, failures }: RunRecord, journal: readonly JournalEntry[]): Standing {
  const verb = status === "failed" ? "failed" : "was cancelled";
  if (!error) return { why: `It ${verb}.` };
  const { step, id } = error;
  if (step === null) return { why: `It ${verb}, and no step is to blame: ${error.class}: ${error.message}` };
  const entry = journal.findLast(({ path }) => path === step);
  const known = id ?? entry?.id;
  const times = failures > 0 ? ` It was delivered ${failures + 1} times.` : "";
  return {
    why: `It ${verb} at step ${step}${known === undefined ? "" : ` (${known})`}: ${error.class}: ${error.message}${times}`,
    ...(known !== undefined && { at: { path: step, id: known } }),
  };
}

function dropped({ reason = "no reason was given" }: RunRecord, journal: readonly JournalEntry[]): Standing {
  const outer = journal.findLast(({ status }) => status === "dropped");
  if (!outer) return { why: `It was dropped before its first step: ${reason}` };
  // A step around the one that dropped ends as dropped too.
  const inner = journal.filter(
    ({ status, path }) => status === "dropped" && path.startsWith(`${outer.path}.`),
  );
  const at = inner.reduce((deepest, one) => (one.path.length > deepest.path.length ? one : deepest), outer);
  return { why: `Step ${named(at)} dropped it: ${reason}`, ...placeOf(at) };
}

function queued({ attempt, notBefore = 0 }: RunRecord, now: number): Standing {
  if (attempt > 0)
    return {
      why: "It goes on as soon as a runner takes it: its last invocation had no time left, or it was redriven.",
    };
  return notBefore > now
    ? { why: "It begins when it is its turn: input.limits.rate takes no more at once.", until: notBefore }
    : { why: "It has not begun: it is in the queue until a runner takes it." };
}

function waiting(run: RunRecord, journal: readonly JournalEntry[]): Standing {
  const { notBefore, error, failures, dueAt } = run;
  const until = notBefore === undefined ? {} : { until: notBefore };
  const at = openEntry(journal);
  if (at?.status === "waiting" && at.chunks)
    return {
      why: `Step ${named(at)} waits for the chunks of its loop, which are runs of their own.`,
      ...placeOf(at),
    };
  if (at?.status === "waiting" && at.children)
    return {
      why: `Step ${named(at)} waits for run ${at.children.at(-1)}, which it started.`,
      ...placeOf(at),
    };
  if (at?.dueAt !== undefined && notBefore === at.dueAt) {
    const what = at.status === "waiting" ? "waits" : `failed ${at.attempts} times and is tried again`;
    return { why: `Step ${named(at)} ${what}.`, ...until, ...placeOf(at) };
  }
  if (error && failures > 0) {
    const place = error.step === null ? undefined : journal.findLast(({ path }) => path === error.step);
    return {
      why: `Delivery ${failures} failed${error.step === null ? "" : ` at step ${error.step}`}, and it comes back: ${error.class}: ${error.message}`,
      ...until,
      ...placeOf(place),
    };
  }
  if (notBefore !== undefined)
    return {
      why: "Store or queue could not be reached; nothing of it is lost, and it comes back.",
      until: notBefore,
    };
  return {
    why: "It stands in line: of its key, as many runs as may (input.limits.concurrency) are at work. Somebody looks at the latest then.",
    until: dueAt,
  };
}

/** The last step that was begun and has not ended. */
function openEntry(journal: readonly JournalEntry[]): JournalEntry | undefined {
  const last = new Map(journal.map((entry) => [entry.path, entry]));
  return [...last.values()].findLast((entry) => !isSettled(entry) && entry.status !== "failed");
}

function named({ path, id }: JournalEntry): string {
  return `${path} (${id})`;
}

function placeOf(entry: JournalEntry | undefined): { readonly at?: StepPlace } {
  return entry ? { at: { path: entry.path, id: entry.id } } : {};
}
