import type * as z from "zod";
import type { TextCheck } from "./check-text.ts";
import type { inputKeys } from "./file-keys.ts";
import { nodeAt, type YamlNode } from "./yaml-node.ts";

/** Reports limits of a webhook that do not go together with each other, or with its other keys. */
export function checkLimits(
  node: YamlNode,
  { limits = {}, respond }: z.infer<typeof inputKeys.http_webhook>,
  { problems }: TextCheck,
): void {
  const { rate, debounce, batch } = limits;
  const at = (path: readonly string[]) => (nodeAt(node, path) ?? node).at;
  if (debounce?.max_seconds !== undefined && debounce.max_seconds < debounce.seconds)
    problems.error(
      "wrong-value",
      at(["limits", "debounce", "max_seconds"]),
      `limits.debounce.max_seconds: ${debounce.max_seconds} is less than the ${debounce.seconds} of "seconds"`,
      "it says how long deliveries may follow one another until one of them runs all the same",
    );
  if (debounce && batch)
    problems.error(
      "conflicting-keys",
      at(["limits", "batch"]),
      'limits: "debounce" and "batch" both say what becomes of deliveries that follow one another',
      "leave one of them out",
    );
  const puttingOff = debounce ? "debounce" : batch && "batch";
  if (puttingOff && rate?.over === "queue")
    problems.error(
      "conflicting-keys",
      at(["limits", "rate", "over"]),
      `limits: "rate" with over: queue and "${puttingOff}" both say when a run begins`,
      "let the rate reject what is too much: over: reject",
    );
  if (puttingOff && typeof respond === "object")
    problems.error(
      "conflicting-keys",
      at(["respond"]),
      `a sender cannot wait for a run that limits.${puttingOff} puts off`,
      "leave respond out: the sender is answered 202 with the run's id",
    );
}
