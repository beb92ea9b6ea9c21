import { html } from "hono/html";
import type { ChecklistItem } from "../../language/check/checklist.ts";
import { AREAS } from "../../language/rule.ts";
import type { Html } from "./html.ts";

const MARKS = {
  passed: ["✓", "kept"],
  missed: ["✗", "not kept"],
  "not checked": ["–", "not looked at"],
} as const;

/** The production checklist of a workflow's file, by what its items are about. */
export function checklistPart(checklist: readonly ChecklistItem[]): Html {
  const count = (wanted: ChecklistItem["state"]) => checklist.filter(({ state }) => state === wanted).length;
  const unseen = count("not checked");
  return html`<details class="card checklist"${count("missed") > 0 ? html` open` : ""}><summary>Checklist: ${count("passed")} kept, ${count("missed")} not</summary>
${AREAS.map((area) =>
  areaPart(
    area,
    checklist.filter((item) => item.area === area),
  ),
)}
${unseen === 0 ? "" : html`<p class="quiet">What is not looked at here takes jq, Python, prices or the stage’s values: <code>hookline check --checklist --stage STAGE</code> has them.</p>`}</details>`;
}

function areaPart(area: string, items: readonly ChecklistItem[]): Html {
  return html`<h3>${area}</h3><ul>${items.map(({ text, state, line }) => {
    const [mark, word] = MARKS[state];
    const place = line === undefined ? "" : html` <a href="#line-${line}">line ${line}</a>`;
    return html`<li class="${state.replace(" ", "-")}"><span aria-hidden="true">${mark}</span><span class="unseen">${word}: </span> ${text}${place}</li>`;
  })}</ul>`;
}
