import type { Operator } from "../../core/condition.ts";

/** When each operator of a condition holds, in one sentence for the reference and for editors. */
export const OPERATOR_MEANINGS: { readonly [Name in Operator]: string } = {
  eq: "The field is there and equals `value`, compared deeply as JSON.",
  ne: "The field differs from `value`, or is missing.",
  gt: "The field is greater: numbers and text that is a number compare as numbers, two other texts by code point.",
  gte: "The field is greater or equal, compared as by `gt`.",
  lt: "The field is less, compared as by `gt`.",
  lte: "The field is less or equal, compared as by `gt`.",
  in: "`value` is a list that has the field.",
  not_in: "`value` is a list that does not have the field.",
  contains:
    "The field is text with `value` inside it, a list with such an element, or a mapping with such a key.",
  not_contains: "`contains` does not hold.",
  startswith: "The field is text that starts with `value`.",
  endswith: "The field is text that ends with `value`.",
  matches:
    "The field is text in which the regular expression `value` finds something; RE2 syntax, which runs in linear time.",
  exists: "The field is there and not null; with `value: false` the opposite.",
  not_exists: "The field is missing or null.",
  empty: 'The field is missing, null, `""`, `[]` or `{}`.',
  not_empty: "`empty` does not hold.",
};
