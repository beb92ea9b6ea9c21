import type { Preset } from "../preset.ts";

/** https://docs.gitlab.com/user/project/integrations/webhooks/ */
export const gitlab: Preset = {
  name: "gitlab",
  title: "GitLab",
  docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
  secretName: "GITLAB_WEBHOOK_TOKEN",
  secretHint: "the webhook's secret token, chosen by you in its settings",
  verify: { scheme: "header", header: "x-gitlab-token" },
  dedupeKey: "${request.headers.idempotency-key}",
  limits:
    "The token travels as it is: neither body nor time are covered. Both are with a signing token, preset `gitlab_signed`.",
};
