import { deliveryOf } from "./audit.ts";
import { expectations } from "./expectations.ts";
import type { Fault } from "./fault-plan.ts";
import type { TrialReport } from "./trial.ts";

/** What happened in a trial, for people: one line for each figure. */
export function summaryTable({ books, faults, peer, refusals, seconds }: TrialReport): string {
  const { posts, runs, effects, deadLetters } = books;
  const met = (kind: Fault["kind"], role: Fault["role"]) =>
    faults.filter((fault) => fault.kind === kind && fault.role === role).length;
  const answered = (outcome: string) => posts.filter((post) => post.outcome === outcome).length;
  const lost = new Set(posts.filter(({ outcome }) => outcome === "lost").map(({ delivery }) => delivery));
  const made = runs.filter((run) => !run.parent);
  const failed = Map.groupBy(
    runs.filter(({ status }) => status === "failed"),
    ({ error }) => error?.class ?? "no class",
  );
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
  const rows: (readonly [string, string | number])[] = [
    [
      "kills (ingest / runners / sweeper)",
      `${met("kill", "ingest")} / ${met("kill", "runner")} / ${met("kill", "sweeper")}`,
    ],
    ["stalls (ingest / runners)", `${met("stall", "ingest")} / ${met("stall", "runner")}`],
    ["clean restarts (ingest / runners)", `${met("restart", "ingest")} / ${met("restart", "runner")}`],
    ["posts", posts.length],
    ["… acknowledged", answered("acknowledged")],
    ["… refused with 503, sent again", answered("refused")],
    ["… without an answer, sent again", answered("lost")],
    ["runs made of posts", made.length],
    ["… of acknowledged ones", made.length - made.filter((run) => lost.has(deliveryOf(run))).length],
    ["… of ones without an answer", made.filter((run) => lost.has(deliveryOf(run))).length],
    ["runs made by steps", runs.length - made.length],
    ...["succeeded", "dropped", "failed"].map(
      (status) => [`runs ${status}`, runs.filter((run) => run.status === status).length] as const,
    ),
    ...[...failed].map(([name, some]) => [`… with ${name}`, some.length] as const),
    ["writes refused to runners that had lost their lease", refusals],
    ["claims", sum(runs.map(({ attempt }) => attempt))],
    ["effects", effects.filter(({ applied }) => applied).length],
    ["arrivals at the peer", sum(effects.map(({ arrivals }) => arrivals))],
    ["… that a key absorbed", sum(effects.map(({ taken }) => Math.max(0, taken - 1)))],
    ...[...peer.moods]
      .filter(([mood]) => mood !== "well")
      .map(([mood, count]) => [`… ${mood}`, count] as const),
    [
      "dead letters (with a reason / given up by the queue)",
      `${deadLetters.filter(({ reason }) => reason).length} / ${deadLetters.filter(({ reason }) => !reason).length}`,
    ],
    [
      "runs that ended otherwise than their workflow says",
      runs.filter((run) => run.status !== expectations[run.workflow]?.ends).length,
    ],
    ["seconds", seconds.toFixed(1)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join("\n");
}
