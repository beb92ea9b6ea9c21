import type * as z from "zod";
import type { DedupeRule, RespondRule, WebhookInput } from "../core/workflow.ts";
import { checkLimits } from "./check-limits.ts";
import { checkSchema } from "./check-schema.ts";
import { checkConditions, checkTemplates, type TextCheck } from "./check-text.ts";
import { compileLimits } from "./compile-limits.ts";
import { compileVerify } from "./compile-verify.ts";
import { DEDUPE_WINDOW_SECONDS, inputKeys } from "./file-keys.ts";
import { readBodySchema } from "./read-body-schema.ts";
import { child, type YamlNode } from "./yaml-node.ts";

type WebhookKeys = z.infer<typeof inputKeys.http_webhook>;

/** Compiles who may call a webhook, and what comes of a call; undefined after its faults were reported. */
export function compileWebhook(node: YamlNode, check: TextCheck): WebhookInput | undefined {
  const keys = checkSchema(inputKeys.http_webhook, node, { what: "input" }, check.problems);
  const [verify, schema, filter, dedupe, respond, limits] = [
    "verify",
    "schema",
    "filter",
    "dedupe",
    "respond",
    "limits",
  ].map((key) => child(node, key));
  const verified = verify ? compileVerify(verify, check) : {};
  const body =
    schema && typeof keys?.schema === "string" ? readBodySchema(keys.schema, schema, check) : keys?.schema;
  if (filter) checkConditions(filter, check);
  const key = dedupe && child(dedupe, "key");
  if (key) checkTemplates(key, check);
  const answer = respond && child(respond, "body");
  if (answer) checkTemplates(answer, check);
  if (limits) checkTemplates(limits, check);
  if (keys) checkLimits(node, keys, check);
  if (!keys || !verified || (schema && typeof body !== "object")) return undefined;
  const { preset, ...rest } = verified;
  const rule = dedupeRule(keys.dedupe, preset?.dedupeKey, dedupe ?? node, check);
  return {
    type: "http_webhook",
    ...rest,
    ...(preset && { preset: preset.name }),
    ...(rule && { dedupe: rule }),
    ...(typeof body === "object" && { schema: body }),
    ...(keys.filter && { filter: keys.filter }),
    ...(typeof keys.respond === "object" && { respond: respondRule(keys.respond) }),
    ...(keys.limits && { limits: compileLimits(keys.limits) }),
  };
}

function respondRule({
  wait: waitSeconds,
  status,
  body,
}: Exclude<WebhookKeys["respond"], "async" | undefined>): RespondRule {
  return { waitSeconds, status, ...(body !== undefined && { body }) };
}

/** What a file says of dedupe, or a preset knows. */
function dedupeRule(
  said: WebhookKeys["dedupe"],
  known: string | undefined,
  { at }: YamlNode,
  { problems }: TextCheck,
): DedupeRule | undefined {
  if (said === false || (said === undefined && known === undefined)) return undefined;
  const { key = known, window: windowSeconds = DEDUPE_WINDOW_SECONDS } = typeof said === "object" ? said : {};
  if (key !== undefined) return { key, windowSeconds };
  problems.error(
    "missing-key",
    at,
    'dedupe: "key" is missing, and no preset knows what tells deliveries apart',
    'write dedupe: { key: "${input.id}" }',
  );
  return undefined;
}
