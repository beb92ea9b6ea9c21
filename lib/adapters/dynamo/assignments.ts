import type { Item } from "./item.ts";

/** What gives attributes their values in an update: the parts of its SET clause, and the values. */
export function assignments(attributes: Item): { readonly set: readonly string[]; readonly values: Item } {
  const entries = Object.entries(attributes);
  return {
    set: entries.map(([name]) => `#${name} = :${name}`),
    values: Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
  };
}
