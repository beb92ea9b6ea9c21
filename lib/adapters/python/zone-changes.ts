const DAY_MS = 86_400_000;
/** No zone changes twice within this time. */
const STEP_MS = 7 * DAY_MS;
const FROM_MS = Date.UTC(1900, 0, 1);
const UNTIL_MS = Date.UTC(2100, 0, 1);
/** Locales that between them name most zones' times. */
const LOCALES = ["en-US", "en-GB", "en-AU", "en-IN", "en-NZ"];

/** Since when (seconds since the epoch), seconds east of UTC, whether that is summer time, and its name. */
type Change = readonly [since: number, offset: number, isSummer: boolean, name: string];

/**
 * The times of a time zone of the IANA database from 1900 to 2100, by the data that Node carries, as JSON: a list of
 * {@link Change}. Undefined for a zone that is not known.
 */
export function zoneChanges(zone: string): string | undefined {
  if (!/^[A-Za-z][\w+/-]*$/.test(zone)) return undefined;
  let offsetAt: (ms: number) => number;
  try {
    offsetAt = offsetsOf(zone);
  } catch {
    return undefined;
  }
  const found: { since: number; offset: number }[] = [{ since: FROM_MS, offset: offsetAt(FROM_MS) }];
  for (let ms = FROM_MS; ms < UNTIL_MS; ms += STEP_MS) {
    const offset = offsetAt(ms + STEP_MS);
    if (offset !== found.at(-1)?.offset)
      found.push({ since: changeWithin(ms, ms + STEP_MS, offsetAt), offset });
  }
  const names = namesOf(zone, found);
  return JSON.stringify(
    found.map(({ since, offset }, at): Change => {
      const [before, after] = [found[at - 1], found[at + 1]];
      const isSummer =
        before !== undefined &&
        after !== undefined &&
        before.offset < offset &&
        after.offset < offset &&
        after.since - since < 330 * DAY_MS;
      return [since / 1000, offset, isSummer, names.get(offset) ?? ""];
    }),
  );
}

/** The first second of the time that holds at `late`, when another one holds at `early`. */
function changeWithin(early: number, late: number, offsetAt: (ms: number) => number): number {
  const after = offsetAt(late);
  let [before, since] = [early, late];
  while (since - before > 1000) {
    const middle = before + Math.floor((since - before) / 2000) * 1000;
    if (offsetAt(middle) === after) since = middle;
    else before = middle;
  }
  return since;
}

/** @throws RangeError for a zone that is not known. */
function offsetsOf(timeZone: string): (ms: number) => number {
  const format = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset", year: "numeric" });
  return (ms) => {
    const [, sign, hours = 0, minutes = 0, seconds = 0] =
      /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(format.format(ms)) ?? [];
    const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
    return sign === "-" ? -size : size;
  };
}

/** By offset, the latest name of a time. Where nobody has one, the offset is its name, as in the IANA database. */
function namesOf(timeZone: string, found: readonly { since: number; offset: number }[]): Map<number, string> {
  const formats = LOCALES.map(
    (locale) => new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: "short" }),
  );
  const names = new Map<number, string>();
  for (const { since, offset } of found.toReversed()) {
    if (names.has(offset)) continue;
    const told = formats.map((format) => /[A-Z]{2,5}$/.exec(format.format(since))?.[0]);
    const named = told.find((name) => name !== undefined && (name !== "GMT" || timeZone === "Europe/London"));
    names.set(offset, named ?? nameOfOffset(offset));
  }
  return names;
}

function nameOfOffset(offset: number): string {
  if (offset === 0) return "UTC";
  const minutes = Math.round(Math.abs(offset) / 60);
  const digits = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, "0"));
  return `${offset < 0 ? "-" : "+"}${digits.join("").replace(/00$/, "")}`;
}
