import { formatJson, isObject, type Json } from "../../core/json.ts";
import { LOCAL_STAGE } from "../../local/local-names.ts";
import { presets } from "../../webhooks/presets.ts";
import { SAMPLES } from "../../webhooks/samples.ts";
import { columns } from "../columns.ts";
import { placeFlags } from "../place-flags.ts";
import { printableLine } from "../printable.ts";
import type { Target } from "./find-target.ts";
import type { DeliveryAnswer } from "./post-delivery.ts";
import type { SendOptions } from "./send-delivery.ts";

/** A delivery that was sent, and what came back of each of its copies. */
export interface Sent {
  readonly what: string;
  readonly target: Target;
  readonly answers: readonly DeliveryAnswer[];
  readonly options: Pick<SendOptions, "tamper" | "handshake" | "stage" | "data">;
}

/** What was sent, what came back, and a command that shows what became of it. */
export function sentText(sent: Sent): string {
  const { what, target, answers, options } = sent;
  const kind = `${options.handshake ? "handshake" : "delivery"}${options.tamper ? " with one character changed" : ""}`;
  const to = target.workflow === undefined ? "" : ` to ${target.workflow}`;
  const runs = [...new Set(answers.flatMap(({ runId }) => runId ?? []))];
  return [
    `${what}: ${kind}${to} at ${target.url.origin}`,
    ...answers.map(({ status, body }) => `${status}  ${printableLine(textOf(body))}`),
    ...(answers.every((answer) => isExpected(answer, options)) ? [] : unexpected(sent)),
    ...(target.webhook?.verify
      ? []
      : [`${target.workflow} does not verify who calls: it was sent unsigned.`]),
    ...runs.map((run) => `Its run:  npx hookline runs show ${run}${placeFlags(options)}`),
  ].join("\n");
}

/** The same for scripts. */
export function sentView({ what, target, answers, options }: Sent) {
  return {
    sent: what,
    workflow: target.workflow ?? null,
    tampered: options.tamper === true,
    as_expected: answers.every((answer) => isExpected(answer, options)),
    answers: answers.map(({ status, body, runId }) => ({ status, run_id: runId ?? null, body })),
  };
}

/** Every preset with its service and the name of its secret, then its other samples; with `json` as one line of JSON. */
export function presetLines(json: boolean): readonly string[] {
  const rows = [...presets.values()].map(({ name, title, secretName, secretHint, docs }) => ({
    name,
    title,
    secret_name: secretName,
    secret_hint: secretHint,
    docs,
    samples: SAMPLES.filter((one) => one === name || one.startsWith(`${name}/`)),
  }));
  if (json) return [JSON.stringify(rows)];
  return columns(
    rows.flatMap(({ title, secret_name, samples }) => samples.map((one) => [one, title, secret_name])),
  );
}

function isExpected({ status }: DeliveryAnswer, { tamper }: Sent["options"]): boolean {
  return tamper ? status === 401 : status >= 200 && status < 300;
}

function unexpected({ answers, target, options }: Sent): readonly string[] {
  const statuses = new Set(answers.map(({ status }) => status));
  if (options.tamper) return ["A change should have been answered 401."];
  const here = options.stage === LOCAL_STAGE;
  return [
    ...(statuses.has(401)
      ? [
          `The secret here is not the one there${here ? ": the stack was started with another one, or another file is deployed" : ", or another version of the file is deployed"}.`,
        ]
      : []),
    ...(statuses.has(404)
      ? [
          target.workflow === undefined
            ? "There is no such webhook: compare the URL with what hookline url prints."
            : `There is no webhook of ${target.workflow}: deploy it, and see whether HOOKLINE_API_URL is the stage's.`,
        ]
      : []),
    ...(statuses.has(503)
      ? [
          here
            ? `It cannot take events now: ${options.data}/logs say why.`
            : "It cannot take events now: the log of the function ingest says why.",
        ]
      : []),
  ];
}

function textOf(body: Json): string {
  const text = typeof body === "string" ? body : formatJson(isObject(body) ? body : (body ?? ""));
  return text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text;
}

const LONGEST_SHOWN = 500;
