import type { Json } from "../core/json.ts";
import { placeholdersIn } from "../core/template.ts";
import type { Verification } from "../core/verification.ts";
import type { WebhookInput } from "../core/workflow.ts";
import type { Preset } from "../webhooks/preset.ts";
import { presetVerification } from "../webhooks/preset-verification.ts";
import { presets } from "../webhooks/presets.ts";
import { toVerification } from "../webhooks/to-verification.ts";
import { type PresetKeys, presetKeys, type ReadScheme, schemeKeys } from "../webhooks/verify-keys.ts";
import { checkSchema } from "./check-schema.ts";
import { checkTemplates, reportThrown, type TextCheck } from "./check-text.ts";
import { describeValue } from "./describe-issue.ts";
import { nameHint } from "./nearest-name.ts";
import { child, isMapping, type YamlNode } from "./yaml-node.ts";

/** What a webhook's `verify` comes to. */
export interface CompiledVerify extends Pick<WebhookInput, "verify" | "handshakes"> {
  readonly preset?: Preset;
}

/** Compiles who may call; undefined after its faults were reported. */
export function compileVerify(node: YamlNode, check: TextCheck): CompiledVerify | undefined {
  const { problems } = check;
  if (typeof node.value === "string") {
    const preset = presetNamed(node.value, node, check);
    return preset && fromPreset(preset, { preset: preset.name }, check);
  }
  if (!isMapping(node)) {
    problems.error(
      "wrong-type",
      node.at,
      `verify: found ${describeValue(node.value)}, expected the name of a preset, or a mapping with the key preset or scheme`,
      "write verify: github",
    );
    return undefined;
  }
  // What is signed is a template over the request, not over the state.
  checkTemplates(node, check, ([first]) => first === "signed");
  const named = child(node, "preset");
  if (named) {
    const keys = checkSchema(presetKeys, node, { what: "verify" }, problems);
    const preset = keys && presetNamed(keys.preset, named, check);
    return keys && preset && fromPreset(preset, keys, check);
  }
  const scheme = child(node, "scheme");
  const schemes = Object.keys(schemeKeys);
  if (!scheme) {
    problems.error(
      "missing-key",
      node.at,
      `verify: "scheme" is missing, expected one of ${schemes.join(", ")}; or "preset"`,
    );
    return undefined;
  }
  if (typeof scheme.value !== "string" || !Object.hasOwn(schemeKeys, scheme.value)) {
    problems.error(
      "wrong-value",
      scheme.at,
      `verify: scheme is ${describeValue(scheme.value)}, expected one of ${schemes.join(", ")}`,
      typeof scheme.value === "string" ? nameHint(scheme.value, schemes) : undefined,
    );
    return undefined;
  }
  const schema = schemeKeys[scheme.value as keyof typeof schemeKeys];
  const keys = checkSchema<ReadScheme>(schema, node, { what: "verify" }, problems);
  if (!keys) return undefined;
  let verify: Verification | undefined;
  reportThrown("wrong-parameters", node.at, problems, () => {
    verify = toVerification(keys);
  });
  return verify && { verify };
}

function presetNamed(name: string, { at }: YamlNode, { problems }: TextCheck): Preset | undefined {
  const preset = presets.get(name);
  if (preset) return preset;
  const names = [...presets.keys()];
  problems.error(
    "wrong-value",
    at,
    `verify: there is no preset "${name}", expected one of ${names.join(", ")}`,
    name === "paypal"
      ? "PayPal signs with a certificate that would have to be fetched for each delivery: leave verify out, and ask PayPal's API in a step"
      : (nameHint(name, names) ?? "any other service: write its scheme"),
  );
  return undefined;
}

function fromPreset(
  preset: Preset,
  { secret = [`\${env:${preset.secretName}}`], tolerance, base_url }: PresetKeys,
  { reads }: TextCheck,
): CompiledVerify {
  const verify = withChanges(presetVerification(preset, secret), tolerance, base_url);
  const { handshakes } = preset;
  for (const { source } of placeholdersIn(secret as Json))
    if ("env" in source && source.env === preset.secretName) reads.byStep(source.env, false, true);
  for (const { source } of placeholdersIn((handshakes ?? []) as unknown as Json))
    if ("env" in source) reads.byStep(source.env, true, true);
  return {
    verify,
    preset,
    ...(handshakes && { handshakes }),
  };
}

function withChanges(
  verify: Verification,
  toleranceSeconds: number | undefined,
  baseUrl: string | undefined,
): Verification {
  if (!("signed" in verify)) return verify;
  return {
    ...verify,
    ...(baseUrl !== undefined && { baseUrl }),
    ...(toleranceSeconds !== undefined &&
      verify.timestamp && { timestamp: { ...verify.timestamp, toleranceSeconds } }),
  };
}
