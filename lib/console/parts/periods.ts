const HOUR_MS = 3_600_000;

/** How far back a list goes. */
const PERIODS = [
  { name: "hour", label: "Last hour", ms: HOUR_MS },
  { name: "day", label: "Last 24 hours", ms: 24 * HOUR_MS },
  { name: "week", label: "Last 7 days", ms: 168 * HOUR_MS },
  { name: "month", label: "Last 30 days", ms: 720 * HOUR_MS },
] as const;

/** One of {@link PERIODS}. */
type Period = (typeof PERIODS)[number];

/** The period of a name; the other one, or seven days, where it is none. */
export function periodOf(name: string | undefined, otherwise: Period["name"] = "week"): Period {
  const period = (wanted: string | undefined) => PERIODS.find((one) => one.name === wanted);
  return period(name) ?? period(otherwise) ?? PERIODS[2];
}

/** Their names and labels. */
export const PERIOD_OPTIONS = PERIODS.map(({ name, label }) => [name, label] as const);
