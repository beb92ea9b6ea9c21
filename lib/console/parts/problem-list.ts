import { html } from "hono/html";
import type { NamedRule } from "../../language/check/rule-texts.ts";
import type { Problem } from "../../language/problem.ts";
import type { Html } from "./html.ts";
import { counted } from "./measures.ts";

const SEVERITIES = ["error", "warning", "note"] as const;
const TONES = { error: "bad", warning: "odd", note: "calm" } as const;

/** What was found in a workflow's file, the worst first, each with its line and what its rule is for. */
export function problemList(problems: readonly Problem[], rules: ReadonlyMap<string, NamedRule>): Html {
  if (problems.length === 0) return html`<p>Nothing to say: every rule that was looked at is kept.</p>`;
  const counts = SEVERITIES.flatMap((one) => {
    const count = problems.filter(({ severity }) => severity === one).length;
    return count === 0 ? [] : [counted(count, one)];
  });
  const sorted = SEVERITIES.flatMap((one) => problems.filter(({ severity }) => severity === one));
  return html`<section class="card" aria-labelledby="problems-title"><h2 id="problems-title">${counts.join(", ")}</h2><ul class="problems">${sorted.map(
    (problem) => problemItem(problem, rules.get(problem.id)),
  )}</ul></section>`;
}

function problemItem({ id, severity, line, message, hint }: Problem, rule: NamedRule | undefined): Html {
  return html`<li><span class="badge ${TONES[severity]}">${severity}</span> <a href="#line-${line}">line ${line}</a> ${message}${
    hint === undefined ? "" : html` <span class="quiet">${hint}</span>`
  }${rule ? html`<details><summary>Rule <code>${id}</code></summary><p>${rule.summary}. ${rule.why}</p></details>` : html` <code>${id}</code>`}</li>`;
}
