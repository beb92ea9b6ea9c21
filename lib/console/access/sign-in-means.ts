import type { OidcSettings } from "../../core/oidc.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { ConsoleTokens } from "../../core/ports/console-tokens.ts";
import type { IdentityProvider } from "../../core/ports/identity-provider.ts";
import type { Log } from "../../core/ports/log.ts";
import type { Random } from "../../core/ports/random.ts";
import type { Turns } from "../../core/ports/turns.ts";

/** What signing in needs. */
export interface SignInMeans {
  /** What sessions are signed with, whichever way they were opened. */
  readonly tokens: ConsoleTokens;
  readonly turns: Turns;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Absent: tokens are the only way in. */
  readonly oidc?: OidcAccess | undefined;
}

/** The provider by which people sign in beside the tokens, and who of them may do what. */
export interface OidcAccess {
  readonly provider: IdentityProvider;
  readonly rules: Pick<OidcSettings, "read" | "act">;
}
