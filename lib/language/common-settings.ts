import type { AnyStep } from "../core/step.ts";
import type { FailurePolicy, StepNode } from "../core/workflow.ts";
import { KEY_DEFAULTS, type SharedKeys, type StepKeys } from "./step-keys.ts";

type CommonSettings = Omit<StepNode, "type" | "id" | "line" | "params" | "blocks">;

/** The common keys of a step worked out: its own, then the file's `defaults` if it has an effect, then the language's. */
export function commonSettings(own: StepKeys, fileDefaults: SharedKeys, definition: AnyStep): CommonSettings {
  const defaults = definition.effect ? withoutOverruled(fileDefaults, own) : {};
  const keys: SharedKeys = { ...defaults, ...own };
  const { inject } = keys;
  return {
    ...(own.name !== undefined && { name: own.name }),
    ...(keys.when && { when: keys.when }),
    ...(keys.input_from !== undefined && { inputFrom: keys.input_from }),
    outputTo: keys.output_to ?? (typeof inject === "string" ? inject : definition.defaultOutput),
    inject: inject === true,
    retry: {
      retries: keys.retries ?? KEY_DEFAULTS.retries,
      backoffSeconds: keys.backoff_seconds ?? KEY_DEFAULTS.backoff_seconds,
      backoff: keys.backoff ?? KEY_DEFAULTS.backoff,
      maxBackoffSeconds: keys.max_backoff_seconds ?? KEY_DEFAULTS.max_backoff_seconds,
      retryOn: keys.retry_on ?? KEY_DEFAULTS.retry_on,
    },
    timeoutSeconds: keys.timeout ?? definition.timeoutSeconds,
    onError: failurePolicy(keys),
    ...cacheRule(keys, definition),
    effect: keys.effect ?? KEY_DEFAULTS.effect,
  };
}

/** A step that says where its result goes, or what its failure does, says all of it. */
function withoutOverruled(defaults: SharedKeys, own: SharedKeys): SharedKeys {
  const { output_to, inject, drop_on_failure, swallow_on_error, retry_propagate, ...others } = defaults;
  const target = own.output_to === undefined && own.inject === undefined ? { output_to, inject } : {};
  const decided = own.drop_on_failure ?? own.swallow_on_error ?? own.retry_propagate;
  const failure = decided === undefined ? { drop_on_failure, swallow_on_error, retry_propagate } : {};
  return { ...others, ...target, ...failure };
}

/** The file's `defaults` leave out a step that has nothing to cache. */
function cacheRule({ cache }: SharedKeys, { dependsOn }: AnyStep): Pick<StepNode, "cache"> {
  if (!cache || !dependsOn) return {};
  const { ttl, key, scope } = cache;
  return { cache: { ttlSeconds: ttl, ...(key !== undefined && { key }), scope } };
}

/** The table "when a step has failed for good" of language.md section 4. */
function failurePolicy(keys: SharedKeys): FailurePolicy {
  if (keys.drop_on_failure === true) return "drop";
  const swallow = keys.swallow_on_error === true || keys.retry_propagate === false;
  if (swallow) return keys.raw_on_error === true ? "continue_with_error" : "continue_with_null";
  return keys.drop_on_failure === false ? "continue_with_error" : "fail";
}
