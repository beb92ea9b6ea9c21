import * as z from "zod";

/** Only a provider on this machine may do without TLS. */
const ISSUER = /^(https:\/\/[^\s/?#@]+|http:\/\/127\.0\.0\.1:\d+)(\/[^\s?#]*)?$/;

// Lambda gives a function 4 KB for all its variables, and this is one of them.
const LONGEST = 2_000;
const NO_ISSUER = "write the provider's issuer, an https URL";

const claims = z
  .record(z.string().min(1), z.array(z.string().min(1)).min(1))
  .refine(
    (rule) => Object.keys(rule).length > 0,
    "name at least one claim and its values, or leave the key out",
  );

/** How people sign in to a stage's console by a provider of OpenID Connect, and who of them may do what. */
export const oidcSchema = z
  .strictObject({
    issuer: z
      .string()
      .regex(ISSUER, { error: NO_ISSUER, abort: true })
      .refine((issuer) => URL.canParse(issuer), NO_ISSUER)
      .describe(
        "Provider of OpenID Connect by which people sign in to the console: its issuer, letter for letter as it announces it. Of Cognito `https://cognito-idp.REGION.amazonaws.com/POOL`",
      ),
    client_id: z
      .string()
      .min(1)
      .max(300)
      .describe(
        "Id of the client that you registered there, with the redirect URI `https://HOST/oidc/callback`. Its secret, if it has one, goes into the secret that the output ConsoleOidcSecret names",
      ),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, "write the name of a scope, e.g. groups"))
      .default(["email"])
      .describe("What is asked for beside `openid`, so that the claims below come"),
    read: claims
      .optional()
      .describe(
        "Who may look: claims with the values that open, e.g. `{ groups: [engineers] }`; one of them is enough. Who is merely known to the provider may nothing",
      ),
    act: claims.optional().describe("Who may look, redrive, replay and cancel, in the same words"),
  })
  .refine(
    ({ read, act }) => read !== undefined || act !== undefined,
    "say who may look (`read`) or act (`act`)",
  )
  .refine(
    (settings) => JSON.stringify(settings).length <= LONGEST,
    `this is longer than ${LONGEST} characters as JSON: name groups rather than people`,
  );

/** Sign-in by a provider as `stages.yaml` has it. */
export type OidcSettings = z.infer<typeof oidcSchema>;
