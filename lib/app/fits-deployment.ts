import { type InputNeed, inputNeeds } from "../core/input-needs.ts";
import { canonicalJson, type Json } from "../core/json.ts";
import { type Input, inputTable, type Workflow } from "../core/workflow.ts";

const NEEDS: { readonly [need in InputNeed]: string } = {
  secrets: "it reads values of the stage to check deliveries",
  answers: "its senders wait for the run",
  turns: "it limits the rate, or makes batches",
  slots: "it limits how many runs are at work at once",
  bursts: "it debounces for max_seconds at most",
  ticks: "its ticks may not overlap",
};

/**
 * Why a version cannot serve in place of the deployed one, as sentences for people: what starts it, and the rights and values of the
 * functions, are those of the deployment. None: it can. `deployed` are all workflows of the stage.
 */
export function misfits(version: Workflow, deployed: readonly Workflow[]): readonly string[] {
  const current = deployed.find(({ name }) => name === version.name);
  if (!current) return ["the workflow is not deployed"];
  if (triggerOf(version.input) !== triggerOf(current.input))
    return ["what starts it is another input, schedule or source, which only a deployment changes"];
  const given = inputNeeds(inputTable(deployed));
  const lacking = [...inputNeeds(inputTable([version]))].filter((need) => !given.has(need));
  const declared = new Set(deployed.flatMap(({ environment }) => environment.map(({ name }) => name)));
  const unknown = version.environment.filter(
    (one) => one.required && !one.secret && one.default === undefined && !declared.has(one.name),
  );
  return [
    ...lacking.map((need) => `${NEEDS[need]}, for which the deployed functions have no right`),
    ...unknown.map(({ name }) => `it reads ${name}, which no deployed workflow declares`),
  ];
}

/** The part of an input that is made when a stage is deployed. */
function triggerOf(input: Input): string {
  if (input.type === "http_webhook") return input.type;
  if (input.type !== "cron") return canonicalJson(input as unknown as Json);
  const { type, cron, timezone } = input;
  return canonicalJson({ type, cron, timezone });
}
