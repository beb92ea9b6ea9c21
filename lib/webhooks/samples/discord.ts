import type { SampleMaker } from "../sample.ts";

/** Somebody used a command. */
export const discordSample: SampleMaker = ({ hex, number }) => ({
  json: {
    id: `1${String(number).padStart(17, "0")}`,
    application_id: "100000000000000001",
    type: 2,
    token: hex,
    version: 1,
    guild_id: "100000000000000002",
    channel_id: "100000000000000003",
    locale: "en-US",
    data: {
      id: "100000000000000004",
      name: "status",
      type: 1,
      options: [{ name: "project", type: 3, value: "planner" }],
    },
    member: { user: { id: "100000000000000005", username: "ada", global_name: "Ada" }, roles: [] },
  },
});
