import { createHash, createHmac, timingSafeEqual } from "node:crypto";

// The namespace of RFC 9562 for URLs; the name is prefixed with the product's.
const NAMESPACE = Buffer.from("6ba7b8119dad11d180b400c04fd430c8", "hex");

/** The id of a workflow in a stage: UUIDv5 of both names (RFC 9562, 5.5). */
export function workflowIdOf(stage: string, name: string): string {
  const hash = createHash("sha1")
    .update(NAMESPACE)
    .update(`hookline/${stage}/${name}`)
    .digest()
    .subarray(0, 16);
  hash[6] = ((hash[6] as number) & 0x0f) | 0x50;
  hash[8] = ((hash[8] as number) & 0x3f) | 0x80;
  return hash.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** HMAC-SHA-256 of `org_id/workflow_id` under the stage's webhook key, 64 hex characters. */
export function securityHash(key: string, orgId: string, workflowId: string): string {
  return createHmac("sha256", key).update(`${orgId}/${workflowId}`).digest("hex");
}

/** The path of a workflow's webhook. */
export function webhookPath(orgId: string, workflowId: string, hash: string): string {
  return `/v1/webhooks/${orgId}/${workflowId}/${hash}`;
}

/** The path of a workflow's webhook under the key in force. */
export function webhookPathOf(stage: string, name: string, orgId: string, key: string): string {
  const workflowId = workflowIdOf(stage, name);
  return webhookPath(orgId, workflowId, securityHash(key, orgId, workflowId));
}

/** Whether a hash is right under the key in force or the one before it. Takes the same time for every wrong one. */
export function isSecurityHash(
  given: string,
  keys: readonly string[],
  orgId: string,
  workflowId: string,
): boolean {
  const candidate = createHash("sha256").update(given).digest();
  const [inForce = "", previous = inForce] = keys;
  let right = false;
  for (const key of [inForce, previous]) {
    const expected = createHash("sha256")
      .update(securityHash(key, orgId, workflowId))
      .digest();
    right = timingSafeEqual(candidate, expected) || right;
  }
  return right;
}
