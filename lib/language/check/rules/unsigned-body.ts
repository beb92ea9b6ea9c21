import { coversBody } from "../../../webhooks/covers-body.ts";
import { presets } from "../../../webhooks/presets.ts";
import type { Rule } from "../../rule.ts";
import { nodeAt } from "../../yaml-node.ts";

/** Webhooks whose sender is known, while what it sent is not signed. */
export const unsignedBody: Rule = {
  id: "unsigned-body",
  severity: "note",
  area: "security",
  summary: "What a webhook verifies covers the body",
  why: "Who has seen one request can send another body with its credential.",
  *check({ workflow: { input }, root }) {
    if (input.type !== "http_webhook" || !input.verify || coversBody(input.verify)) return;
    const preset = input.preset === undefined ? undefined : presets.get(input.preset);
    yield {
      at: nodeAt(root, ["input", "verify"])?.at ?? root.at,
      message: preset
        ? `${preset.title}: ${(preset.limits ?? "the body is not covered").replace(/\.$/, "")}`
        : `the ${input.verify.scheme} credential proves who calls, not what was sent`,
      hint: preset
        ? "ask the service's API for what matters before it is acted upon"
        : "let the sender sign the body where it can: scheme: hmac",
    };
  },
};
