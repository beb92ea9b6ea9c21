import { FlowError } from "../core/flow-error.ts";
import type { Json } from "../core/json.ts";
import { placeholdersIn } from "../core/template.ts";
import type { Verification } from "../core/verification.ts";
import type { WebhookInput } from "../core/workflow.ts";
import type { Preset } from "../webhooks/preset.ts";
import { presetVerification } from "../webhooks/preset-verification.ts";
import { presets } from "../webhooks/presets.ts";
import { schemeFaults } from "../webhooks/scheme-faults.ts";
import { checkSignedText } from "../webhooks/signed-bytes.ts";
import { toVerification } from "../webhooks/to-verification.ts";
import { type PresetKeys, presetKeys, type ReadScheme, schemeKeys } from "../webhooks/verify-keys.ts";
import { checkSchema } from "./check-schema.ts";
import { checkTemplates, reportThrown, type TextCheck } from "./check-text.ts";
import { describeValue } from "./describe-issue.ts";
import { nearestName } from "./nearest-name.ts";
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
  const [named, scheme] = [child(node, "preset"), child(node, "scheme")];
  if (named && scheme) {
    problems.error(
      "conflicting-keys",
      node.entries?.get("scheme")?.keyAt ?? scheme.at,
      'verify: "preset" and "scheme" stand together, expected one of them',
      "a preset brings its scheme along: leave scheme and its keys out, or write a scheme of your own without preset",
    );
    return undefined;
  }
  return named ? compilePreset(named, node, check) : compileScheme(scheme, node, check);
}

function compilePreset(named: YamlNode, node: YamlNode, check: TextCheck): CompiledVerify | undefined {
  const keys = checkSchema(presetKeys, node, { what: "verify" }, check.problems);
  const preset = keys && presetNamed(keys.preset, named, check);
  if (!preset) return undefined;
  const { verify } = preset;
  const ineffective = (key: string, why: string) =>
    check.problems.error(
      "wrong-parameters",
      child(node, key)?.at ?? node.at,
      `${key}: ${preset.title} signs no ${why}, so it would do nothing`,
      "leave it out",
    );
  if (keys.tolerance !== undefined && !("timestamp" in verify) && verify.scheme !== "standard_webhooks")
    ineffective("tolerance", "time");
  if (
    keys.base_url !== undefined &&
    !("signed" in verify && /\$\{(?:decoded_)?url\}/.test(verify.signed ?? ""))
  )
    ineffective("base_url", "URL");
  return fromPreset(preset, keys, check);
}

function compileScheme(
  scheme: YamlNode | undefined,
  node: YamlNode,
  { problems }: TextCheck,
): CompiledVerify | undefined {
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
    const near = typeof scheme.value === "string" ? nearestName(scheme.value, schemes) : undefined;
    problems.error(
      "wrong-value",
      scheme.at,
      `verify: scheme is ${describeValue(scheme.value)}, expected one of ${schemes.join(", ")}`,
      presets.has(String(scheme.value))
        ? `${scheme.value} is a preset: write preset: ${scheme.value}`
        : near && `did you mean "${near}"?`,
    );
    return undefined;
  }
  const signed = child(node, "signed");
  const readable =
    typeof signed?.value !== "string" ||
    reportThrown("template-syntax", signed.at, problems, () => checkSignedText(String(signed.value)));
  const schema = schemeKeys[scheme.value as keyof typeof schemeKeys];
  const keys = checkSchema<ReadScheme>(schema, node, { what: "verify" }, problems);
  if (!keys || !readable) return undefined;
  let verify: Verification | undefined;
  try {
    verify = toVerification(keys);
  } catch (error) {
    if (!(error instanceof FlowError)) throw error;
    // Its sentence begins with the key that it is about.
    const key = /^\w+/.exec(error.message)?.[0] ?? "";
    problems.error("wrong-parameters", child(node, key)?.at ?? node.at, error.message);
    return undefined;
  }
  const faults = [...schemeFaults(keys)];
  for (const { key, message, hint } of faults)
    problems.error("wrong-parameters", child(node, key)?.at ?? node.at, message, hint);
  return faults.length === 0 ? { verify } : undefined;
}

function presetNamed(name: string, { at }: YamlNode, { problems }: TextCheck): Preset | undefined {
  const preset = presets.get(name);
  if (preset) return preset;
  const near = name === "paypal" ? undefined : nearestName(name, presets.keys());
  const fix = near === undefined ? undefined : problems.replacing(at, name, near);
  problems.error("wrong-value", at, `verify: there is no preset "${name}"`, presetHint(name, near), fix);
  return undefined;
}

function presetHint(name: string, near: string | undefined): string {
  if (name === "paypal")
    return "PayPal signs with a certificate that would have to be fetched for each delivery: leave verify out, and ask PayPal's API in a step";
  if (Object.hasOwn(schemeKeys, name)) return `${name} is a scheme: write { scheme: ${name}, … }`;
  return near === undefined
    ? "hookline send --list shows the presets; for another service write its scheme"
    : `did you mean "${near}"?`;
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
