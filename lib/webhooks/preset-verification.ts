import type { Verification } from "../core/verification.ts";
import type { Preset } from "./preset.ts";
import { toVerification } from "./to-verification.ts";
import { type ReadScheme, schemeKeys } from "./verify-keys.ts";

/** What deliveries of a preset's service are verified with, under these templates of its secret or key. */
export function presetVerification(
  { verify, secretName }: Preset,
  secret: readonly string[] = [`\${env:${secretName}}`],
): Verification {
  const schema = schemeKeys[verify.scheme];
  const names = ["secret", "public_key", "value", "token", "password", "key"];
  const name = names.find((one) => Object.hasOwn(schema.shape, one)) ?? "secret";
  return toVerification(schema.parse({ ...verify, [name]: secret }) as ReadScheme);
}
