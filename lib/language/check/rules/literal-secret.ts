import type { CheckedFile, Found, Rule } from "../../rule.ts";
import { maskSecret } from "../secrets/find-secrets.ts";

/** Keys, tokens and passwords that stand in the file itself. */
export const literalSecret = {
  id: "literal-secret",
  severity: "error",
  area: "security",
  summary: "No secret stands in the file",
  why: "A workflow file is read by many, kept in version control, and carried in every bundle; a secret in it counts as published.",
  *check({ secrets, text }: Pick<CheckedFile, "secrets" | "text">): Generator<Found> {
    for (const { at, end, kind } of secrets) {
      yield {
        at,
        message: `${kind} stands here in plain text: ${maskSecret(text.slice(at, end))}`,
        hint: "put it into .env or the stage's secret, write ${env:NAME}, declare the name with secret: true, and have this one revoked",
      };
    }
  },
} satisfies Rule;
