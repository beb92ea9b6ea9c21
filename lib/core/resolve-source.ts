import { type EnvironmentSource, valueOfName } from "./environment-source.ts";
import { FlowError } from "./flow-error.ts";
import type { Json } from "./json.ts";
import { renderDeep } from "./template.ts";
import type { EnvironmentName } from "./workflow.ts";

/**
 * What an input names, with what it reads of the environment: a queue, a bucket, addresses, a pattern.
 * @throws FlowError `config_error` naming what has no value.
 */
export function resolveSource<T>(
  source: T,
  environment: readonly EnvironmentName[],
  values: readonly EnvironmentSource[],
): T {
  const names = new Map(environment.map((one) => [one.name, one]));
  const resolved = renderDeep(source as Json, {
    path: () => undefined,
    env(name) {
      const known = names.get(name);
      return known && valueOfName(known, values);
    },
    missing(placeholder) {
      throw new FlowError("config_error", `\${${placeholder}} has no value`);
    },
  });
  return resolved as T;
}
