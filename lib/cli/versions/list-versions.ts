import { compareVersions, type VersionNumbers } from "../../app/compare-versions.ts";
import { knownVersions } from "../../app/known-versions.ts";
import { DAY_MS } from "../../app/timings.ts";
import type { KeptVersion } from "../../core/ports/run-store.ts";
import { type Split, type SplitTable, shareOfVersion, splitOf } from "../../core/split.ts";
import { columns } from "../columns.ts";
import { dollars } from "../dollars.ts";
import { EXIT } from "../exit.ts";
import type { HistoryOptions } from "../history.ts";
import { jsonText } from "../json-text.ts";
import { localIso } from "../local-time.ts";
import { printableLine } from "../printable.ts";
import { SHORT_HASH, splitText } from "./split-text.ts";
import { deployedHash, type VersionPlace, withVersions } from "./version-place.ts";

const COMPARED_RUNS = 1_000;

/** Options of `versions`. */
export interface VersionsOptions extends HistoryOptions {
  /** Runs from then on are compared, milliseconds since the epoch; default: a week ago. */
  readonly since?: number;
  readonly json?: boolean;
}

/** A version with what is known of it. */
interface VersionRow {
  readonly kept: KeptVersion;
  /** Share of the new events that it gets, in percent. */
  readonly percent: number;
  readonly isDeployed: boolean;
  readonly numbers: VersionNumbers | undefined;
}

/**
 * Prints the versions of a workflow, which one serves and how their runs went; without a name, which version of each workflow serves.
 * @throws FlowError `invalid_input` for a workflow that is not deployed, `config_error` when the stage cannot be asked.
 */
export function listVersions(name: string | undefined, options: VersionsOptions): Promise<number> {
  return withVersions(options, async (place) => {
    const splits = await place.splits.read();
    const print =
      name === undefined
        ? printStage(place, splits, options)
        : await printWorkflow(name, place, splits, options);
    process.stdout.write(`${print}\n`);
    return EXIT.ok;
  });
}

function printStage({ deployed }: VersionPlace, splits: SplitTable, { json }: VersionsOptions): string {
  const workflows = Object.entries(deployed)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, hash]) => ({ name, hash, split: splitOf(splits, { name, hash }) }));
  if (json)
    return jsonText(
      workflows.map(({ name, hash, split }) => ({
        workflow: name,
        deployed: hash,
        split: split ? splitView(split) : null,
      })),
    );
  if (workflows.length === 0) return "No workflow is deployed.";
  const rows = workflows.map(({ name, hash, split }) => [
    name,
    hash.slice(0, SHORT_HASH),
    split ? printableLine(splitText(split)) : "gets all events",
  ]);
  return columns([["WORKFLOW", "DEPLOYED", ""], ...rows]).join("\n");
}

async function printWorkflow(
  name: string,
  place: VersionPlace,
  splits: SplitTable,
  { stage, since, json }: VersionsOptions,
): Promise<string> {
  const { store } = place;
  const hash = deployedHash(place, name, stage);
  const now = Date.now();
  const from = since ?? now - 7 * DAY_MS;
  const split = splitOf(splits, { name, hash });
  const [kept, numbers] = await Promise.all([
    knownVersions(store, { name, hash }),
    compareVersions(store, name, { since: from, now, limit: COMPARED_RUNS }),
  ]);
  const rows = kept.map(
    (one): VersionRow => ({
      kept: one,
      percent: shareOfVersion(one.hash, hash, split),
      isDeployed: one.hash === hash,
      numbers: numbers.get(one.hash),
    }),
  );
  if (json)
    return jsonText({
      workflow: name,
      deployed: hash,
      split: split ? splitView(split) : null,
      since: new Date(from).toISOString(),
      versions: rows.map(rowView),
    });
  const head = ["VERSION", "FILE SAYS", "KEPT SINCE", "EVENTS", "RUNS", "OK", "P50", "P95", "A RUN", ""];
  return [
    ...(split ? [printableLine(splitText(split)), ""] : []),
    ...columns([head, ...rows.map(cellsOf)]),
    "",
    `Runs that ended since ${localIso(from)}, the latest ${COMPARED_RUNS} at most; times from the event to the end.`,
  ].join("\n");
}

function splitView({ version, base, percent, kind, at, by }: Split) {
  return { kind, version, base, percent, at: new Date(at).toISOString(), by };
}

function rowView({ kept: { hash, label, keptAt, before }, percent, isDeployed, numbers }: VersionRow) {
  return {
    hash,
    label: label ?? null,
    kept_at: keptAt === undefined ? null : new Date(keptAt).toISOString(),
    before: before ?? null,
    deployed: isDeployed,
    percent,
    runs: numbers
      ? {
          ended: numbers.runs,
          succeeded: numbers.succeeded,
          dropped: numbers.dropped,
          failed: numbers.failed,
          p50_ms: numbers.p50Ms ?? null,
          p95_ms: numbers.p95Ms ?? null,
          mean_usd: numbers.meanUsd,
        }
      : null,
  };
}

function cellsOf({ kept, percent, isDeployed, numbers }: VersionRow): string[] {
  const { hash, label = "", keptAt } = kept;
  const seconds = (ms: number | undefined) => (ms === undefined ? "" : `${(ms / 1000).toPrecision(2)} s`);
  return [
    hash.slice(0, SHORT_HASH),
    printableLine(label),
    keptAt === undefined ? "" : localIso(keptAt),
    percent === 0 ? "" : `${percent} %`,
    String(numbers?.runs ?? 0),
    numbers ? `${((1 - numbers.failed / numbers.runs) * 100).toFixed(1)} %` : "",
    seconds(numbers?.p50Ms),
    seconds(numbers?.p95Ms),
    numbers ? dollars(numbers.meanUsd) : "",
    isDeployed ? "deployed" : "",
  ];
}
