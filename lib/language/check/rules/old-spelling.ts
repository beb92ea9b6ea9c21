import type { Edit } from "../../problem.ts";
import type { Found, Rule } from "../../rule.ts";
import { child } from "../../yaml-node.ts";

/** Spellings that older files use. */
export const oldSpelling: Rule = {
  id: "old-spelling",
  severity: "note",
  area: "documentation",
  summary: "Keys have the spelling of today's reference",
  why: "Who looks an old spelling up does not find it.",
  *check({ flow, root, text }) {
    const type = child(child(root, "input") ?? root, "type");
    if (type?.value === "webhook") {
      const at = text.indexOf("webhook", type.at);
      yield found(type.at, "webhook", "http_webhook", [{ at, end: at + 7, text: "http_webhook" }]);
    }
    for (const { node } of flow.all) {
      const inject = node.entries?.get("inject");
      if (typeof inject?.node.value === "string") {
        const both = node.entries?.has("output_to") === true;
        const edits = both ? [] : [{ at: inject.keyAt, end: inject.keyAt + 6, text: "output_to" }];
        yield found(inject.keyAt, "inject with a path", "output_to", edits);
      }
      const propagate = node.entries?.get("retry_propagate");
      if (propagate?.node.value === false) {
        const edits = node.entries?.has("swallow_on_error")
          ? []
          : [{ at: propagate.keyAt, end: propagate.node.end, text: "swallow_on_error: true" }];
        yield found(propagate.keyAt, "retry_propagate: false", "swallow_on_error: true", edits);
      }
    }
  },
};

function found(at: number, old: string, today: string, edits: readonly Edit[]): Found {
  const message = `${old} is an old spelling of ${today}`;
  return { at, message, ...(edits.length > 0 && { fix: { title: `write ${today}`, edits } }) };
}
