import type { Json, JsonObject } from "../../../lib/core/json.ts";
import type { Chance } from "../random/chance.ts";
import { type LimitedKind, type Workload, workloadOf } from "./workload.ts";

/** How many runs of a key may be at work at once. */
export const AT_ONCE = 1;

/** What inputs ask for; events are `{ n, key }`. */
const INPUTS: { readonly [kind in LimitedKind]: JsonObject } = {
  dedupe: { dedupe: { key: "${input.n}" } },
  respond: { respond: { wait: 20, body: { n: "${input.n}", a: "${a}" } } },
  rate: { limits: { rate: { count: 2, per: 60, key: "${input.key}", over: "queue" } } },
  "rate that rejects": { limits: { rate: { count: 2, per: 60, key: "${input.key}" } } },
  concurrency: { limits: { concurrency: { count: AT_ONCE, key: "${input.key}" } } },
  debounce: { limits: { debounce: { seconds: 40, max_seconds: 120, key: "${input.key}" } } },
  batch: { limits: { batch: { size: 3, seconds: 60, key: "${input.key}" } } },
  "batch with dedupe": {
    dedupe: { key: "${input.n}" },
    limits: { batch: { size: 3, seconds: 60, key: "${input.key}" } },
  },
};

const call = (name: string): Json => ({
  type: "http_call",
  url: `https://x.test/${name}/\${input.key}`,
  method: "POST",
  body: "${n}",
  output_to: name,
});

const KINDS = Object.keys(INPUTS) as LimitedKind[];

/** One or two workloads whose inputs have limits. */
export function chooseLimitedWorkloads(chance: Chance): readonly Workload[] {
  const kinds = new Set(chance.several(chance.between(1, 2), () => chance.pick(KINDS)));
  return [...kinds].map((kind): Workload => ({ ...ofKind(kind), limited: kind }));
}

const known = new Map<LimitedKind, Workload>();

function ofKind(kind: LimitedKind): Workload {
  const file = { input: { type: "http_webhook", ...INPUTS[kind] }, steps: [call("a"), call("b")] };
  const http = [{ url: "https://x.test/*", body: 1 }];
  const workload =
    known.get(kind) ?? workloadOf(`an input with ${kind}`, { file, http }, `limited-${KINDS.indexOf(kind)}`);
  known.set(kind, workload);
  return workload;
}
