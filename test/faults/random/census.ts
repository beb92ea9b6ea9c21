import type { RandomCase } from "./random-case.ts";

const AROUND = new Set(["for_each", "if_else", "parallel"]);

/** What cases are made of: steps, what they stand in, keys, and ends, each with the share of the cases that have it. */
export function censusOf(cases: readonly RandomCase[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const given of cases)
    for (const trait of traitsOf(given)) counts.set(trait, (counts.get(trait) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => a - b)
    .map(([trait, count]) => `${((100 * count) / cases.length).toFixed(1)} % ${trait}`);
}

function traitsOf({ file, workflows, expected }: RandomCase): ReadonlySet<string> {
  const [run] = expected;
  const ends = [run?.status, run?.error?.class, ...(run?.settled ?? []).map((text) => text.split(" ")[1])];
  return new Set([
    ...stepTraits([file.steps ?? null, ...Object.values(workflows)], ""),
    ...stepTraits(file.on_failure ?? null, "on_failure"),
    ...ends.flatMap((end) => (end === undefined ? [] : [`end ${end}`])),
  ]);
}

function stepTraits(value: unknown, around: string): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((item) => stepTraits(item, around));
  if (typeof value !== "object" || value === null || JSON.isRawJSON(value)) return [];
  const { type } = value as { readonly type?: unknown };
  const isStep = typeof type === "string";
  const inside = isStep && AROUND.has(type) ? type : around;
  return [
    ...(isStep ? [`step ${type}`, ...(around === "" ? [] : [`${type} in ${around}`])] : []),
    ...(isStep ? Object.keys(value).map((key) => `key ${key}`) : []),
    ...Object.values(value).flatMap((item) => stepTraits(item, inside)),
  ];
}
