import type { Rule } from "../rule.ts";

/** Webhooks that trust whoever knows their URL. */
export const unverifiedWebhook: Rule = {
  id: "unverified-webhook",
  severity: "note",
  area: "security",
  summary: "A webhook checks who sends",
  why: "The URL is the only credential: who finds it in a log or a proxy can send events.",
  *check({ workflow, root }) {
    if (workflow.input.type !== "http_webhook") return;
    yield {
      at: root.entries?.get("input")?.keyAt ?? root.at,
      message: "the URL is this webhook's only credential",
      hint: "keep it secret, and check in a filter what only the sender can know, e.g. a shared token in a header",
    };
  },
};
