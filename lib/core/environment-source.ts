import type { EnvironmentName } from "./workflow.ts";

/** Where values come from, the first that has the name wins; the declared default comes last. */
export type EnvironmentSource = { readonly [name: string]: string | undefined };

/** The stage's name, which every workflow may read and which is no secret. */
export const STAGE_NAME = "STAGE";

/** The value of a name: of the first source that has it, else its declared default. */
export function valueOfName(
  { name, default: fallback }: EnvironmentName,
  sources: readonly EnvironmentSource[],
): string | undefined {
  return firstValue(name, sources) ?? fallback;
}

/** The value of the first source that has the name. */
export function firstValue(name: string, sources: readonly EnvironmentSource[]): string | undefined {
  return sources.find((one) => Object.hasOwn(one, name) && one[name] !== undefined)?.[name];
}
