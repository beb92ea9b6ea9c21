import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { systemClock } from "../../adapters/system-clock.ts";
import { FlowError } from "../../core/flow-error.ts";
import type { Handshake } from "../../core/verification.ts";
import { nearestName } from "../../language/nearest-name.ts";
import { handshakeRequest } from "../../webhooks/handshake-request.ts";
import type { Preset } from "../../webhooks/preset.ts";
import { presets } from "../../webhooks/presets.ts";
import type { WebhookRequest } from "../../webhooks/request.ts";
import { SAMPLES } from "../../webhooks/samples.ts";
import { tamperRequest } from "../../webhooks/tamper-request.ts";
import { type EnvironmentOptions, environmentOf } from "./environment-of.ts";
import { filledTemplate } from "./filled-template.ts";
import { findTarget, type Target, type TargetOptions } from "./find-target.ts";
import { addressOf, makeDelivery } from "./make-delivery.ts";
import { postDelivery } from "./post-delivery.ts";
import type { Sent } from "./sent-text.ts";
import { type SignContext, signDelivery } from "./sign-delivery.ts";

/** What is sent how often to whom. */
export interface SendOptions extends TargetOptions, EnvironmentOptions {
  readonly header?: readonly string[];
  readonly privateKey?: string;
  readonly handshake?: boolean;
  readonly tamper?: boolean;
  readonly copies: number;
}

/**
 * Sends a sample of a preset's service, or a file's content, as the workflow expects it.
 * @throws FlowError `invalid_input` or `config_error` for what cannot be sent, `connection` when nobody answers.
 */
export async function sendDelivery(what: string, options: SendOptions): Promise<Sent> {
  const [service = ""] = SAMPLES.includes(what) ? what.split("/") : [];
  const preset = presets.get(service);
  if (!preset && !existsSync(what)) throw unknown(what);
  const target = await findTarget(preset, options);
  const request = await makeRequest(what, preset, target, options);
  const answers = await Promise.all(Array.from({ length: options.copies }, () => postDelivery(request)));
  return { what, target, answers, options };
}

function unknown(what: string): FlowError {
  if (/[./\\]/.test(what)) return new FlowError("invalid_input", `there is no file ${what}`);
  const near = nearestName(what, SAMPLES);
  return new FlowError(
    "invalid_input",
    `there is no preset "${what}", and no file of that name${near === undefined ? ": hookline send --list shows the presets" : `; did you mean "${near}"?`}`,
  );
}

/** The request as it goes out: a handshake or a delivery, signed if its workflow asks for that, and tampered with if told so. */
async function makeRequest(
  what: string,
  given: Preset | undefined,
  target: Target,
  options: SendOptions,
): Promise<WebhookRequest> {
  const { verify, preset = given?.name } = target.webhook ?? {};
  const context: SignContext = {
    env: await environmentOf(target, options),
    now: systemClock.now(),
    id: `msg_${randomUUID().replaceAll("-", "")}`,
    stage: options.stage,
    data: options.data,
    ...(preset !== undefined && { preset }),
    ...(options.privateKey !== undefined && { privateKey: options.privateKey }),
  };
  const { id, now } = context;
  const handshake = options.handshake ? handshakeTo(target) : undefined;
  if (typeof handshake?.trust === "object") filledTemplate(handshake.trust.secret, context);
  const plain = handshake
    ? handshakeRequest(handshake, addressOf(target.url), id, context)
    : makeDelivery({
        url: target.url,
        id,
        now,
        ...(given ? { sample: what } : { file: what, ...(preset !== undefined && { sample: preset }) }),
        ...(options.header && { headers: options.header }),
      });
  if (verify && (!handshake || handshake.trust === "signature")) {
    const signed = await signDelivery(verify, plain, context);
    return options.tamper ? tamperRequest(verify, signed) : signed;
  }
  if (!options.tamper) return plain;
  throw new FlowError(
    "invalid_input",
    `${nameOf(target)} asks for no signature ${handshake ? "of this handshake" : "(its input has no verify)"}: no change would be noticed`,
  );
}

function handshakeTo(target: Target): Handshake {
  const [handshake] = target.webhook?.handshakes ?? [];
  if (handshake) return handshake;
  throw new FlowError(
    "invalid_input",
    `${nameOf(target)} has no handshake: its service asks nothing before it calls`,
  );
}

function nameOf({ workflow, webhook }: Target): string {
  return workflow ?? webhook?.preset ?? "the webhook";
}
