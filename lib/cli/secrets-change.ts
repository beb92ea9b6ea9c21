import { text } from "node:stream/consumers";
import password from "@inquirer/password";
import { FlowError } from "../core/flow-error.ts";
import type { JsonObject } from "../core/json.ts";
import { environmentNamesIn } from "../core/template.ts";
import type { Workflow } from "../core/workflow.ts";
import { nameHint } from "../language/nearest-name.ts";
import { secretsOf } from "../webhooks/verify-delivery.ts";
import { EXIT } from "./exit.ts";
import type { HistoryOptions } from "./history.ts";
import { jsonText } from "./json-text.ts";
import type { Terminal } from "./new/ask-for-workflow.ts";
import { secretPlace } from "./secret-place.ts";
import { stageWorkflows } from "./stage-workflows.ts";

/** Options of what changes a secret. */
interface ChangeOptions extends HistoryOptions {
  readonly json?: boolean;
}

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Gives a secret a value, which is read from standard input or typed unseen; `rotate` keeps the old one where a webhook takes it too.
 * @throws FlowError `invalid_input` for a name that is none or cannot be rotated and for an empty value, `config_error` when the stage
 * cannot be asked.
 */
export async function changeOne(
  how: "set" | "rotate",
  name: string,
  options: ChangeOptions,
  terminal: Terminal | undefined,
): Promise<number> {
  checkName(name);
  const place = secretPlace(options.stage);
  const known = await place.names();
  const workflows = await stageWorkflows(options);
  const second = how === "rotate" ? secondOf(name, workflows) : undefined;
  const value = await readValue(name, terminal);
  if (second === undefined) await place.change({ [name]: value });
  else await place.rotate(name, second, value);
  if (options.json) {
    print({ name, where: place.where, had_value: known.has(name), old_value_in: second ?? null });
    return EXIT.ok;
  }
  const verb =
    second === undefined ? (known.has(name) ? "has a new value" : "has a value") : "has a new value";
  const kept =
    second === undefined ? "" : ` The old one is ${second}: "hookline secrets unset ${second}" ends it.`;
  process.stderr.write(
    `${name} ${verb} in ${place.where}.${kept} ${place.seen}\n${hintFor(name, workflows)}`,
  );
  return EXIT.ok;
}

/** Takes a secret's value away. @throws FlowError `invalid_input` when it has none there, `config_error` when the stage cannot be asked. */
export async function unset(name: string, options: ChangeOptions): Promise<number> {
  checkName(name);
  const place = secretPlace(options.stage);
  if (!(await place.names()).has(name))
    throw new FlowError(
      "invalid_input",
      `${name} has no value in ${place.where}: see "hookline secrets list"`,
    );
  await place.change({ [name]: undefined });
  if (options.json) print({ name, where: place.where, had_value: true, old_value_in: null });
  else process.stderr.write(`${name} has no value in ${place.where} any more. ${place.seen}\n`);
  return EXIT.ok;
}

/** What was changed, for scripts; no value. */
function print(change: JsonObject): void {
  process.stdout.write(`${jsonText(change)}\n`);
}

function checkName(name: string): void {
  if (NAME.test(name)) return;
  // It may be a value that was given in a name's place.
  throw new FlowError(
    "invalid_input",
    "that is no name: write letters, digits and underscores, e.g. OPENAI_API_KEY; the value comes from standard input",
  );
}

/** One line end is not the value's: `echo` and editors write it. */
async function readValue(name: string, terminal: Terminal | undefined): Promise<string> {
  const value = process.stdin.isTTY
    ? await password({ message: `Value of ${name} (not shown):` }, terminal)
    : (await text(process.stdin)).replace(/\r?\n$/, "");
  if (value !== "") return value;
  throw new FlowError("invalid_input", `no value for ${name} came: pipe it in, or type it in a terminal`);
}

/** The name that stands beside this one in the list of a webhook's secrets. */
function secondOf(name: string, workflows: readonly Workflow[]): string {
  for (const { input } of workflows) {
    if (input.type !== "http_webhook" || !input.verify) continue;
    const names = environmentNamesIn(secretsOf(input.verify));
    const second = names[names.indexOf(name) + 1];
    if (names.includes(name) && second !== undefined) return second;
  }
  throw new FlowError(
    "invalid_input",
    `no webhook takes a second secret behind ${name}. Let its verify list two, secret: ["\${env:${name}}", "\${env:${name}_OLD}"], or end the old value now with "hookline secrets set ${name}"`,
  );
}

function hintFor(name: string, workflows: readonly Workflow[]): string {
  const names = workflows.flatMap(({ environment }) => environment.map((one) => one.name));
  if (names.includes(name)) return "";
  const hint = nameHint(name, names);
  return `No workflow here reads ${name}${hint === undefined ? "" : `; ${hint}`}.\n`;
}
