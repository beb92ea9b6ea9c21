import { changeSplits } from "../../app/change-splits.ts";
import { diffWorkflows } from "../../app/diff-workflows.ts";
import { misfits } from "../../app/fits-deployment.ts";
import { SPLITS_FRESH_MS } from "../../app/served-entry.ts";
import { FlowError } from "../../core/flow-error.ts";
import { splitOf, withoutRollback, withRollback } from "../../core/split.ts";
import type { Workflow } from "../../core/workflow.ts";
import { diffLines } from "../deploy/plan-text.ts";
import { EXIT } from "../exit.ts";
import type { HistoryOptions } from "../history.ts";
import { jsonText } from "../json-text.ts";
import type { Terminal } from "../new/ask-for-workflow.ts";
import { isMeant } from "../operate/confirm.ts";
import { checkVersion, hashOf } from "../operate/find-version.ts";
import { placeFlags } from "../place-flags.ts";
import { paintFor } from "../run-text.ts";
import { changeWord } from "./change-word.ts";
import { SHORT_HASH, splitText } from "./split-text.ts";
import { deployedHash, type VersionPlace, withVersions } from "./version-place.ts";

/** Options of `rollback`. */
export interface RollbackOptions extends HistoryOptions {
  /** How the hash of the version that is to serve begins; absent: the one before the deployed one. */
  readonly to?: string;
  /** The deployed version is to serve again. */
  readonly undo?: boolean;
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
}

const SECONDS = SPLITS_FRESH_MS / 1000;

/**
 * Lets an earlier version of a workflow serve new runs, without a deployment, or the deployed one again.
 * @throws FlowError `invalid_input` when there is no such version or it cannot serve, `config_error` when the stage cannot be asked.
 */
export async function rollBack(
  name: string,
  options: RollbackOptions,
  terminal: Terminal | undefined,
): Promise<number> {
  if (options.to !== undefined) checkVersion(options.to);
  return withVersions(options, (place) =>
    options.undo ? undo(name, place, options) : goBack(name, place, options, terminal),
  );
}

async function undo(name: string, place: VersionPlace, options: RollbackOptions): Promise<number> {
  const hash = deployedHash(place, name, options.stage);
  const split = splitOf(await place.splits.read(), { name, hash });
  if (split?.kind !== "rollback")
    throw new FlowError(
      "invalid_input",
      `${name} is not rolled back: ${split ? splitText(split) : `the deployed version ${short(hash)} gets all events`}`,
    );
  const word = changeWord();
  if (!options.dryRun)
    await changeSplits(place.splits, (table) => withoutRollback(table, { name, hash }, word));
  const percent = split.interrupts?.percent ?? 100;
  const share = percent === 100 ? "New runs" : `${percent} % of the new runs`;
  const text = options.dryRun
    ? "Nothing was changed."
    : `${share} of ${name} are of ${short(hash)}, which is deployed, within ${SECONDS} seconds.`;
  report(options, { workflow: name, serves: hash, percent, instead_of: split.base }, text);
  return EXIT.ok;
}

async function goBack(
  name: string,
  place: VersionPlace,
  options: RollbackOptions,
  terminal: Terminal | undefined,
): Promise<number> {
  const hash = deployedHash(place, name, options.stage);
  const base = await targetOf(name, hash, place, options.to);
  if (base === hash)
    throw new FlowError(
      "invalid_input",
      `${short(hash)} is the deployed version of ${name}: "hookline rollback ${name} --undo" lets it serve again`,
    );
  const [target, current] = await Promise.all([place.textOf(name, base), place.textOf(name, hash)]);
  if (!target)
    throw new FlowError("invalid_input", `the text of version ${short(base)} of ${name} is not kept`);
  const reasons = misfits(target, await deployedTexts(place, target));
  if (reasons.length > 0)
    throw new FlowError(
      "invalid_input",
      `version ${short(base)} of ${name} cannot serve without a deployment: ${reasons.join("; ")}. Deploy the commit that it is from`,
    );
  if (!options.json) process.stdout.write(planOf(name, current, target));
  const question = `let ${short(base)} serve new runs of ${name} instead of ${short(hash)}`;
  if (options.dryRun) {
    report(
      options,
      { workflow: name, serves: base, instead_of: hash, dry_run: true },
      "Nothing was changed.",
    );
    return EXIT.ok;
  }
  if (!(await isMeant(1, question, { yes: options.yes, asks: true }, terminal))) return EXIT.ok;
  const word = changeWord();
  await changeSplits(place.splits, (table) => withRollback(table, { name, hash }, base, word));
  report(
    options,
    { workflow: name, serves: base, instead_of: hash },
    `New runs of ${name} are of ${short(base)} within ${SECONDS} seconds; those under way finish on their version.
Undo: hookline rollback ${name} --undo${placeFlags(options)}`,
  );
  return EXIT.ok;
}

/** The version that was asked for; without a word, the one that served before the deployed one. */
async function targetOf(
  name: string,
  hash: string,
  { store }: VersionPlace,
  prefix: string | undefined,
): Promise<string> {
  if (prefix !== undefined) return hashOf(store, name, prefix, hash);
  const kept = await store.versionsLike(name, "");
  const before = kept.find((one) => one.hash === hash)?.before;
  const others = kept.filter((one) => one.hash !== hash);
  if (before !== undefined) return before;
  const [only] = others;
  if (only && others.length === 1) return only.hash;
  throw new FlowError(
    "invalid_input",
    only
      ? `which version of ${name} served before ${short(hash)} is not known: name one with --to, "hookline versions ${name}" lists them`
      : `no other version of ${name} than ${short(hash)} is kept`,
  );
}

async function deployedTexts(
  { deployed, textOf }: VersionPlace,
  target: Workflow,
): Promise<readonly Workflow[]> {
  const texts = await Promise.all(Object.entries(deployed).map(([name, hash]) => textOf(name, hash)));
  const known = texts.filter((one) => one !== undefined);
  if (known.some(({ name }) => name === target.name)) return known;
  throw new FlowError(
    "invalid_input",
    `the text of the deployed version of ${target.name} is not kept yet: it is when its first event has come`,
  );
}

function planOf(name: string, current: Workflow | undefined, target: Workflow): string {
  const { settings, steps } = current ? diffWorkflows(current, target) : { settings: [], steps: [] };
  const lines = diffLines({ settings, steps }, paintFor(process.stdout));
  return `${[`${name}, from ${current ? short(current.hash) : "what is deployed"} to ${short(target.hash)}:`, ...lines.map((line) => `  ${line}`)].join("\n")}\n`;
}

function report({ json }: RollbackOptions, fields: object, text: string): void {
  process.stdout.write(`${json ? jsonText(fields) : text}\n`);
}

function short(hash: string): string {
  return hash.slice(0, SHORT_HASH);
}
