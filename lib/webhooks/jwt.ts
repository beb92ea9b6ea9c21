import { createHash } from "node:crypto";
import { errors, type JWTPayload, jwtVerify } from "jose";
import type { JwtVerification } from "../core/verification.ts";
import { isOneOf } from "./credential.ts";
import { type RefusalReason, refuse, VERIFIED, type Verdict } from "./refusal.ts";
import { textAt, type WebhookRequest } from "./request.ts";
import { readTokenKey } from "./token-key.ts";

/**
 * Whether a request brings a token (RFC 7519) that one of the keys signed, for these issuer and audience, in its time.
 * @throws FlowError `config_error` for a key that cannot be read, or fits none of the algorithms.
 */
export async function verifyJwt(
  rule: JwtVerification,
  request: WebhookRequest,
  keys: readonly string[],
  now: number,
): Promise<Verdict> {
  const text = textAt(request, { headers: [rule.header] });
  const where = `header ${rule.header}`;
  if (text === undefined)
    return refuse("credential_missing", `expected ${where}: ${rule.prefix}<JSON Web Token>`);
  const token = text.slice(rule.prefix.length);
  if (!text.toLowerCase().startsWith(rule.prefix.toLowerCase()) || !/^[\w-]+\.[\w-]+\.[\w-]*$/.test(token))
    return refuse("credential_malformed", `${where} is not of the form ${rule.prefix}<JSON Web Token>`);
  let problem = refuse("credential_wrong", `the token in ${where} is not signed by the workflow's key`);
  for (const { key, algorithms } of keys.map((one) => readTokenKey(one, rule))) {
    try {
      const { payload } = await jwtVerify(token, key, {
        algorithms: [...algorithms],
        clockTolerance: rule.toleranceSeconds,
        currentDate: new Date(now),
        ...(rule.issuer !== undefined && { issuer: rule.issuer }),
        ...(rule.audience !== undefined && { audience: rule.audience }),
      });
      return checkBody(rule, payload, request);
    } catch (thrown) {
      if (!(thrown instanceof errors.JOSEError)) throw thrown;
      const found = describe(thrown, where);
      if (found) problem = found;
    }
  }
  return problem;
}

/** Undefined for a wrong signature, which another key may mend. */
function describe(error: errors.JOSEError, where: string): ReturnType<typeof refuse> | undefined {
  const wrong = (reason: RefusalReason, what: string) => refuse(reason, `the token in ${where} ${what}`);
  if (error instanceof errors.JWTExpired) return wrong("timestamp_stale", "has expired");
  if (error instanceof errors.JWTClaimValidationFailed)
    return error.claim === "nbf" || error.claim === "iat"
      ? wrong("timestamp_future", "is not valid yet")
      : wrong("credential_wrong", `has another ${error.claim} than the workflow expects`);
  if (error instanceof errors.JOSEAlgNotAllowed)
    return wrong("credential_wrong", "is signed with an algorithm that the workflow does not accept");
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid)
    return wrong("credential_malformed", "cannot be read");
  return undefined;
}

function checkBody(
  { bodyHashClaim, header }: JwtVerification,
  payload: JWTPayload,
  { body }: WebhookRequest,
): Verdict {
  if (bodyHashClaim === undefined) return VERIFIED;
  const claim = payload[bodyHashClaim];
  const right = createHash("sha256").update(body).digest("hex");
  return typeof claim === "string" && isOneOf(claim, [right])
    ? VERIFIED
    : refuse(
        "body_hash_wrong",
        `${bodyHashClaim} of the token in header ${header} is not the SHA-256 of this body`,
      );
}
