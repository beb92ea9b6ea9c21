import type { Preset } from "../preset.ts";

/** https://docs.gitlab.com/user/project/integrations/webhooks/ */
export const gitlabSigned: Preset = {
  name: "gitlab_signed",
  title: "GitLab, with a signing token",
  docs: "https://docs.gitlab.com/user/project/integrations/webhooks/",
  secretName: "GITLAB_SIGNING_TOKEN",
  secretHint: "the webhook's signing token, whsec_…",
  verify: { scheme: "standard_webhooks" },
  dedupeKey: "${request.headers.webhook-id}",
};
