import type { SampleMaker } from "../sample.ts";

/** Somebody used a command: a form, unlike Slack's events. */
export const slackCommandSample: SampleMaker = ({ hex, number }) => ({
  form: {
    token: "verification-token",
    team_id: "T0EXAMPLE",
    team_domain: "example",
    channel_id: "C0EXAMPLE",
    channel_name: "support",
    user_id: "U0EXAMPLE",
    user_name: "ada",
    command: "/status",
    text: "planner & export",
    api_app_id: "A0EXAMPLE",
    is_enterprise_install: "false",
    response_url: `https://hooks.slack.com/commands/T0EXAMPLE/${number}/${hex}`,
    trigger_id: `${number}.1815.${hex}`,
  },
});
