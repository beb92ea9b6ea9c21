import { html } from "hono/html";
import type { Overview } from "../../app/overview.ts";
import { duration } from "../../core/duration.ts";
import { sparkline } from "./chart.ts";
import type { Html } from "./html.ts";
import { money, plain } from "./measures.ts";
import { endsOf } from "./overview-charts.ts";

/** What happened, workflow by workflow; `linkOf` says where a name leads. */
export function workflowNumbers(
  workflows: Overview["workflows"],
  caption: string,
  linkOf: (name: string) => string,
): Html {
  return html`<table class="list numbers"><caption>${caption}</caption>
<thead><tr><th scope="col">Workflow</th><th scope="col" class="number">Accepted</th><th scope="col" class="number wide">Succeeded</th><th scope="col" class="number">Failed</th><th scope="col" class="number wide">Dropped</th><th scope="col" class="number wide">Average time</th><th scope="col" class="number">Spent</th><th scope="col" class="wide">Ends over time</th></tr></thead>
<tbody>${workflows.map((part) => rowOf(part, linkOf(part.name)))}</tbody></table>`;
}

function rowOf(part: Overview["workflows"][number], href: string): Html {
  const { name, total } = part;
  return html`<tr id="workflow-${name}" data-rev="${JSON.stringify(total)}"><th scope="row"><a href="${href}"><strong>${name}</strong></a></th>
<td class="number">${plain(total.accepted)}</td><td class="number wide">${plain(total.succeeded)}</td><td class="number${total.failed > 0 ? " bad" : ""}">${plain(total.failed)}</td><td class="number wide">${plain(total.dropped)}</td>
<td class="number wide">${total.averageMs === undefined ? "–" : duration(total.averageMs)}</td><td class="number">${money(total.spentUsd)}</td><td class="wide">${sparkline(endsOf(part))}</td></tr>`;
}
