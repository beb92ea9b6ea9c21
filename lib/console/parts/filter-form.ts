import { html } from "hono/html";
import type { Html } from "./html.ts";

/** One question of a filter: a choice, or a text where there are no options. */
export interface FilterField {
  readonly name: string;
  readonly label: string;
  readonly value: string | undefined;
  readonly options?: readonly (readonly [value: string, label: string])[];
  readonly placeholder?: string;
}

/** A form that asks for the same page with other conditions; its answer has an address of its own. */
export function filterForm(path: string, fields: readonly FilterField[]): Html {
  return html`<form class="filters" method="get" action="${path}" role="search">${fields.map(fieldOf)}<button type="submit">Show</button></form>`;
}

function fieldOf({ name, label, value = "", options, placeholder = "" }: FilterField): Html {
  const control = options
    ? html`<select name="${name}">${options.map(
        ([one, text]) => html`<option value="${one}"${one === value ? html` selected` : ""}>${text}</option>`,
      )}</select>`
    : html`<input type="search" name="${name}" value="${value}" placeholder="${placeholder}" maxlength="500" spellcheck="false" autocomplete="off">`;
  return html`<label>${label}${control}</label>`;
}

/** The options of a choice that may be left open. */
export function optionsOf(any: string, values: readonly string[]): readonly (readonly [string, string])[] {
  return [["", any], ...values.map((value) => [value, value] as const)];
}
