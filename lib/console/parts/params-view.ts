import { html } from "hono/html";
import type { JsonObject } from "../../core/json.ts";
import type { Html } from "./html.ts";
import { jsonView } from "./json-view.ts";

/** What is longer is read as a text of its own. */
const SHORT = 60;

/** Parameters of a step: long texts, as prompts are, each by itself with its lines; the others together. */
export function paramsView(params: JsonObject): Html {
  const isLong = ([, value]: [string, unknown]) =>
    typeof value === "string" && (value.length > SHORT || value.includes("\n"));
  const entries = Object.entries(params);
  const short = Object.fromEntries(entries.filter((one) => !isLong(one)));
  const texts = entries.filter(isLong);
  return html`${texts.map(([name, value]) => html`<p class="quiet">${name}</p>${jsonView(value)}`)}${
    Object.keys(short).length > 0 || texts.length === 0 ? jsonView(short) : ""
  }`;
}
