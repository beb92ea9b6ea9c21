import { duration } from "../core/duration.ts";
import { columns } from "./columns.ts";
import { dollars } from "./dollars.ts";
import { printableLine } from "./printable.ts";
import { paintFor } from "./run-text.ts";
import type { StageStatus } from "./status.ts";

/** How a stage is, on one screen. */
export function statusText(status: StageStatus): string {
  const { stage, healthy, attention, queue, alarms, last_hour, last_day, workflows, overdue } = status;
  const paint = paintFor(process.stdout);
  const head = healthy ? paint("green", "healthy") : paint("yellow", "look at this");
  const numbers = [
    ["", "ACCEPTED", "SUCCEEDED", "FAILED", "DROPPED", "AVERAGE", "LONGEST", "MODELS"],
    ["last hour", ...numbersOf(last_hour)],
    ["last 24 h", ...numbersOf(last_day)],
  ];
  const facts = [
    ["queue", `${queue.waiting} waiting, ${queue.in_work} in work`],
    ["dead letters", String(queue.dead_letters)],
    ["overdue", String(overdue)],
    ...(alarms === null
      ? []
      : [["alarms", alarms.length === 0 ? "none rings" : alarms.map(printableLine).join(", ")]]),
  ];
  return [
    `${printableLine(stage)}  ${head}`,
    ...attention.map((line) => paint("yellow", `! ${printableLine(line)}`)),
    "",
    ...columns(numbers),
    "",
    ...columns(facts),
    "",
    ...columns([
      ["WORKFLOW", "VERSION", "HASH", ""],
      ...workflows.map(({ name, version, hash, split }) => [
        name,
        printableLine(version ?? "–"),
        hash.slice(0, 12),
        split === null ? "" : paint("yellow", printableLine(split)),
      ]),
    ]),
  ].join("\n");
}

function numbersOf(total: StageStatus["last_hour"]): readonly string[] {
  const { accepted, succeeded, failed, dropped, averageMs, longestMs, spentUsd } = total;
  const time = (ms: number | undefined) => (ms === undefined ? "–" : duration(ms));
  return [
    ...[accepted, succeeded, failed, dropped].map(String),
    time(averageMs),
    time(longestMs),
    dollars(spentUsd),
  ];
}
