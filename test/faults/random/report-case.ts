import { stringify } from "yaml";
import type { Json } from "../../../lib/core/json.ts";
import { checkCase, type NumberedStrike } from "./check-case.ts";
import type { RandomCase } from "./random-case.ts";
import { shrinkCase } from "./shrink-case.ts";

/** A case on which engine and model differ, for people: how to see it again, the smallest such workflow, and the differences. */
export async function reportCase(given: RandomCase, strikes: readonly NumberedStrike[]): Promise<string> {
  const [first = ""] = await checkCase(given, strikes);
  const head = /^[a-z]+/.exec(first)?.[0] ?? "";
  const small = await shrinkCase(given, async (smaller) => {
    // What goes wrong without a fault is another matter than what a fault brought about.
    if (strikes.length > 0 && (await checkCase(smaller)).length > 0) return false;
    const [found] = await checkCase(smaller, strikes);
    return head === "fault" ? found === first : (found?.startsWith(head) ?? false);
  });
  const { file, workflows, event, http } = small;
  return [
    `seed ${given.seed}${strikes.map(strikeText).join("")}; again with: npm run test:random -- --from ${given.seed} --seeds 1 --faults ${strikes.length}`,
    stringify({ file, workflows, event: readable(event), http }, { aliasDuplicateObjects: false }),
    ...(await checkCase(small, strikes)),
  ].join("\n");
}

function strikeText({ at, fault }: NumberedStrike): string {
  return `, ${fault} at call ${at}`;
}

/** YAML's writer knows no exact numbers. */
function readable(event: Json): unknown {
  return JSON.parse(JSON.stringify(event));
}
