import { checkPlan } from "./check-seed.ts";
import { planOf } from "./plan.ts";
import { shrinkPlan } from "./shrink-plan.ts";

/** Plays one seed and tells everything that happens in its world. Gives the exit code. */
export async function explainSeed(seed: number, shrink: boolean): Promise<number> {
  const whole = planOf(seed);
  const { plan, leftOut } = shrink ? await shrinkPlan(whole) : { plan: whole, leftOut: [] };
  const { workloads, acts, ...settings } = plan;
  console.log(`seed ${seed}: ${workloads.map(({ about, name }) => `${name} (${about})`).join(", ")}`);
  if (leftOut.length > 0) console.log(`not needed: ${leftOut.join(", ")}`);
  console.log(JSON.stringify(settings));
  for (const { at, kind, workload } of acts)
    console.log(`after ${at} ms: ${kind} of ${workloads[workload]?.name}`);
  const { broken, runs, invocations, faults } = await checkPlan(plan, (who, what) =>
    console.log(`${who}: ${what}`),
  );
  for (const [kind, count] of faults) console.log(`  ${String(count).padStart(4)}  ${kind}`);
  console.log(`${runs} runs, ${invocations} invocations`);
  for (const what of broken) console.error(`BROKEN ${what}`);
  return broken.length === 0 ? 0 : 1;
}
