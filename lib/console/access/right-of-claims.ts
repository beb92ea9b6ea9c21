import type { Json, JsonObject } from "../../core/json.ts";
import type { OidcSettings } from "../../core/oidc.ts";
import type { ConsoleRight } from "../../core/ports/console-tokens.ts";

/** What the stage's rules let somebody do of whom a provider says so; undefined: nothing. An address counts when the provider has verified it. */
export function rightOfClaims(
  { read, act }: Pick<OidcSettings, "read" | "act">,
  claims: JsonObject,
): ConsoleRight | undefined {
  const fits = (rule: OidcSettings["read"]) =>
    Object.entries(rule ?? {}).some(([name, values]) =>
      textsOf(name, claims).some((text) => values.includes(text)),
    );
  if (fits(act)) return "act";
  return fits(read) ? "read" : undefined;
}

/** Who it is, for people who read a log: the verified address, or the provider's own id. */
export function nameOfClaims(claims: JsonObject): string {
  const [name = ""] = [...textsOf("email", claims), ...textsOf("sub", claims)];
  return name.slice(0, 200);
}

function textsOf(name: string, claims: JsonObject): readonly string[] {
  if (name === "email" && claims.email_verified !== true) return [];
  if (!Object.hasOwn(claims, name)) return [];
  const values: readonly Json[] = [claims[name] ?? null].flat();
  return values.filter((value) => value !== null && typeof value !== "object").map(String);
}
