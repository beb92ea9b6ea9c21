import { coversBody } from "../../../webhooks/covers-body.ts";
import type { Rule } from "../../rule.ts";
import { nodeAt } from "../../yaml-node.ts";

/** Signed deliveries that neither a time nor a key tells from their copies. */
export const repeatableDelivery: Rule = {
  id: "repeatable-delivery",
  severity: "note",
  area: "security",
  summary: "A delivery that somebody recorded cannot be sent again",
  why: "Its signature still fits years later, and the run does everything once more.",
  *check({ workflow: { input }, root }) {
    if (input.type !== "http_webhook" || !input.verify || input.dedupe) return;
    const { verify } = input;
    if (!("signed" in verify) || verify.timestamp || !coversBody(verify)) return;
    yield {
      at: nodeAt(root, ["input", "verify"])?.at ?? root.at,
      message:
        "the signature is of no time, and there is no dedupe: a copy of a delivery is accepted at any time",
      hint: 'write dedupe: { key: "${input.id}" } with what tells deliveries apart, or let the sender sign the time',
    };
  },
};
