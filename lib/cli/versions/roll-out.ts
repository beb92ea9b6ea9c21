import { changeSplits } from "../../app/change-splits.ts";
import { SPLITS_FRESH_MS } from "../../app/served-entry.ts";
import { FlowError } from "../../core/flow-error.ts";
import { splitOf, withoutSplit, withSplit } from "../../core/split.ts";
import { EXIT } from "../exit.ts";
import type { HistoryOptions } from "../history.ts";
import { jsonText } from "../json-text.ts";
import { placeFlags } from "../place-flags.ts";
import { changeWord } from "./change-word.ts";
import { SHORT_HASH } from "./split-text.ts";
import { deployedHash, withVersions } from "./version-place.ts";

/** Options of `rollout`. */
export interface RolloutOptions extends HistoryOptions {
  readonly json?: boolean;
}

const ALL = 100;

/**
 * Gives the deployed version of a workflow in rollout another share of the events; all of them end the rollout.
 * @throws FlowError `invalid_input` when it is in none, `config_error` when the stage cannot be asked.
 */
export async function rollOut(name: string, percent: number, options: RolloutOptions): Promise<number> {
  return withVersions(options, async (place) => {
    const hash = deployedHash(place, name, options.stage);
    const change = changeWord();
    await changeSplits(place.splits, (table) => {
      const split = splitOf(table, { name, hash });
      if (split?.kind !== "rollout") throw notInRollout(name, hash, split?.base, options);
      return percent === ALL
        ? withoutSplit(table, { name, hash })
        : withSplit(table, name, { ...split, percent, ...change });
    });
    const text =
      percent === ALL
        ? `All new runs of ${name} are of ${hash.slice(0, SHORT_HASH)} within ${SPLITS_FRESH_MS / 1000} seconds.`
        : `${percent} % of the new runs of ${name} are of ${hash.slice(0, SHORT_HASH)} within ${SPLITS_FRESH_MS / 1000} seconds, until its file says otherwise when it is deployed.`;
    process.stdout.write(`${options.json ? jsonText({ workflow: name, version: hash, percent }) : text}\n`);
    return EXIT.ok;
  });
}

function notInRollout(
  name: string,
  hash: string,
  base: string | undefined,
  options: RolloutOptions,
): FlowError {
  const version = hash.slice(0, SHORT_HASH);
  return new FlowError(
    "invalid_input",
    base === undefined
      ? `${name} is in no rollout: its deployed version ${version} gets all events. Write "rollout: 5%" into the file of a new version and deploy it`
      : `${name} is rolled back: first "hookline rollback ${name} --undo${placeFlags(options)}"`,
  );
}
