/**
 * What the secret of a stage's webhook key holds: `current` and, while that is being changed, `previous`, for every workflow
 * without a key of its own; `workflow.<name>` for one that has, beside it `.previous` and `.until` (ISO 8601).
 */
export type WebhookKeys = { readonly [name: string]: string };

/** The keys that a workflow's URL may be made with at a time, the one in force first. Empty: there is none. */
export function webhookKeysOf(keys: WebhookKeys, workflow: string, now: number): readonly string[] {
  const own = keys[`workflow.${workflow}`];
  if (!own) return keys.current ? [keys.current, ...(keys.previous ? [keys.previous] : [])] : [];
  const previous = keys[`workflow.${workflow}.previous`];
  const until = Date.parse(keys[`workflow.${workflow}.until`] ?? "");
  return previous && until > now ? [own, previous] : [own];
}

/** The keys with a new one for a workflow; the one that was in force stays valid until a time, milliseconds since the epoch. */
export function withRotatedKey(
  keys: WebhookKeys,
  workflow: string,
  fresh: string,
  { now, until }: { readonly now: number; readonly until: number },
): WebhookKeys {
  const [inForce = ""] = webhookKeysOf(keys, workflow, now);
  return {
    ...keys,
    [`workflow.${workflow}`]: fresh,
    [`workflow.${workflow}.previous`]: inForce,
    [`workflow.${workflow}.until`]: new Date(until).toISOString(),
  };
}
