import { parseCron } from "../core/cron.ts";
import { FlowError } from "../core/flow-error.ts";

/** When a five-field cron expression fires. */
export interface CronSchedule {
  /** The next time after `epochMs`, to the minute, in milliseconds since the epoch; undefined when there is none in 8 years. */
  nextAfter(epochMs: number): number | undefined;
}

const DAY_MS = 86_400_000;
/** A 29 February is at most 8 years away (across 2100). */
const SEARCH_DAYS = 8 * 366;

/**
 * When a cron expression fires. When both days are restricted, either of them matching is enough, as cron does it. In the
 * hour that a change of clocks skips nothing fires; in the hour it repeats, things fire once, as EventBridge Scheduler does it.
 * @throws FlowError `config_error` naming the field that is wrong, or the time zone.
 */
export function cronSchedule(expression: string, timeZone: string): CronSchedule {
  const { minutes, hours, days, months, weekdays, anyDay, anyWeekday } = parseCron(expression);
  const zone = wallClockOf(timeZone);

  const dayMatches = (midnight: Date): boolean => {
    if (!months.includes(midnight.getUTCMonth() + 1)) return false;
    const day = days.includes(midnight.getUTCDate());
    const weekday = weekdays.includes(midnight.getUTCDay());
    return anyDay || anyWeekday ? day && weekday : day || weekday;
  };
  return {
    nextAfter(epochMs) {
      // What the wall clock shows is written as if it were UTC.
      const now = zone.toWall(epochMs);
      const firstDay = now - (now % DAY_MS);
      for (let day = firstDay; day < firstDay + SEARCH_DAYS * DAY_MS; day += DAY_MS) {
        if (!dayMatches(new Date(day))) continue;
        for (const hour of hours) {
          for (const minute of minutes) {
            const wall = day + hour * 3_600_000 + minute * 60_000;
            const instant = wall > now ? zone.toInstant(wall) : undefined;
            if (instant !== undefined && instant > epochMs) return instant;
          }
        }
      }
      return undefined;
    },
  };
}

/** Translates between instants and what the clock on the wall of a time zone shows, to the minute. */
function wallClockOf(timeZone: string): {
  toWall(instant: number): number;
  toInstant(wall: number): number | undefined;
} {
  const format = formatOf(timeZone);
  const toWall = (instant: number): number => {
    const part: { [type: string]: number } = {};
    for (const { type, value } of format.formatToParts(instant)) part[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0 } = part;
    return Date.UTC(year, month - 1, day, hour, minute);
  };
  return {
    toWall,
    /** The first instant that shows this wall time; undefined when the clocks skip it. */
    toInstant(wall) {
      const offsets = [wall - DAY_MS, wall + DAY_MS].map((near) => toWall(near) - near);
      const instants = offsets.map((offset) => wall - offset).filter((instant) => toWall(instant) === wall);
      return instants.length === 0 ? undefined : Math.min(...instants);
    },
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
    });
  } catch (cause) {
    throw new FlowError(
      "config_error",
      `"${timeZone}" is no time zone. Write UTC or a name like Europe/Berlin`,
      {
        cause,
      },
    );
  }
}
