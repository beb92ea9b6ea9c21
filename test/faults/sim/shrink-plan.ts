import { checkPlan } from "./check-seed.ts";
import type { Plan } from "./plan.ts";

/** A plan that breaks the same promise with less. */
export interface ShrunkPlan {
  readonly plan: Plan;
  /** What can be left out. */
  readonly leftOut: readonly string[];
  readonly broken: readonly string[];
}

/** Leaves out of a plan whatever the promise is broken without. */
export async function shrinkPlan(whole: Plan): Promise<ShrunkPlan> {
  let plan = whole;
  let { broken } = await checkPlan(plan);
  const promise = promiseOf(broken);
  const leftOut: string[] = [];
  for (const [name, leave] of lessOf(whole)) {
    const less = leave(plan);
    const report = await checkPlan(less);
    if (promiseOf(report.broken) !== promise) continue;
    plan = less;
    broken = report.broken;
    leftOut.push(name);
  }
  return { plan, leftOut, broken };
}

/** The promise that was broken first: `P5`. */
function promiseOf(broken: readonly string[]): string | undefined {
  return broken[0]?.split(":")[0];
}

type Less = readonly [string, (plan: Plan) => Plan];

function lessOf({ acts, table, queue, manners, peers }: Plan): readonly Less[] {
  const none = (climate: Plan["table"]) => ({ ...climate, kinds: [] });
  return [
    ["deaths", (plan) => ({ ...plan, dying: 0 })],
    ["processes that stand still", (plan) => ({ ...plan, stalling: 0 })],
    ["short invocations", (plan) => ({ ...plan, short: 0 })],
    ["trouble of the table", (plan) => ({ ...plan, table: none(table) })],
    ["trouble of the queue", (plan) => ({ ...plan, queue: none(queue) })],
    ["trouble of the other side", (plan) => ({ ...plan, peers: { ...peers, share: 0 } })],
    ["wrong clocks", (plan) => ({ ...plan, skewMs: 0 })],
    ["stale indexes", (plan) => ({ ...plan, indexLagMs: 0 })],
    ["deliveries that nobody executes", (plan) => ({ ...plan, overPolled: 0, undeletedByConsumer: 0 })],
    ...Object.keys(manners).map((name): Less => {
      return [`queue: ${name}`, (plan) => ({ ...plan, manners: { ...plan.manners, [name]: 0 } })];
    }),
    ["runners beside each other", (plan) => ({ ...plan, concurrency: 1 })],
    ["batches", (plan) => ({ ...plan, batchSize: 1 })],
    ...acts.map((act): Less => {
      return [
        `${act.kind} at ${act.at} ms`,
        (plan) => ({ ...plan, acts: plan.acts.filter((one) => one !== act) }),
      ];
    }),
  ];
}
