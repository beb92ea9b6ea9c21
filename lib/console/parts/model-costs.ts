import { html } from "hono/html";
import type { ModelCost } from "../../app/model-costs.ts";
import { OTHER_MODELS } from "../../core/model-label.ts";
import type { Html } from "./html.ts";
import { money, plain } from "./measures.ts";

/** What each model took, the dearest first; nothing where none was asked. */
export function modelCosts(costs: readonly ModelCost[]): Html {
  if (costs.length === 0) return "";
  return html`<table class="list numbers" id="models" data-rev="${JSON.stringify(costs)}"><caption>By model</caption>
<thead><tr><th scope="col">Model</th><th scope="col" class="number">Tokens in</th><th scope="col" class="number">Tokens out</th><th scope="col" class="number">Spent</th></tr></thead>
<tbody>${costs.map(rowOf)}</tbody></table>`;
}

function rowOf({ name, inputTokens, outputTokens, spentUsd }: ModelCost): Html {
  const isOther = name === OTHER_MODELS;
  return html`<tr><th scope="row">${isOther ? "others, whose prices are not known" : html`<code>${name}</code>`}</th><td class="number">${plain(inputTokens)}</td><td class="number">${plain(outputTokens)}</td><td class="number">${isOther ? "–" : money(spentUsd)}</td></tr>`;
}
