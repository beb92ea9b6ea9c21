import type { SampleMaker } from "../sample.ts";

/** Somebody mentioned the app. */
export const slackSample: SampleMaker = ({ hex, seconds }) => ({
  json: {
    type: "event_callback",
    team_id: "T0EXAMPLE",
    api_app_id: "A0EXAMPLE",
    event_id: `Ev${hex.slice(0, 9).toUpperCase()}`,
    event_time: seconds,
    event: {
      type: "app_mention",
      user: "U0EXAMPLE",
      channel: "C0EXAMPLE",
      text: "<@U0APP> what is open today?",
      ts: `${seconds}.000100`,
      event_ts: `${seconds}.000100`,
    },
    authorizations: [{ team_id: "T0EXAMPLE", user_id: "U0APP", is_bot: true }],
  },
});
