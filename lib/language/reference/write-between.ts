import { FlowError } from "../../core/flow-error.ts";

/**
 * A page with a text between its lines `<!-- NAME -->` and `<!-- /NAME -->`.
 * @throws FlowError `config_error` when the page has no such lines.
 */
export function writeBetween(page: string, name: string, text: string): string {
  const place = new RegExp(`(<!-- ${name} -->\\n)[\\s\\S]*?(<!-- /${name} -->)`);
  if (!place.test(page))
    throw new FlowError(
      "config_error",
      `a page has no lines "<!-- ${name} -->" and "<!-- /${name} -->" to write between`,
    );
  return page.replace(place, (_all, before: string, after: string) => `${before}${text}\n${after}`);
}
