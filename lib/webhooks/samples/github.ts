import type { SampleMaker } from "../sample.ts";

/** An issue was opened. */
export const githubSample: SampleMaker = ({ uuid, number, iso }) => ({
  headers: { "x-github-event": "issues", "x-github-delivery": uuid, "x-github-hook-id": "480011" },
  json: {
    action: "opened",
    issue: {
      id: number,
      number: 42,
      title: "Export fails for empty projects",
      state: "open",
      user: { login: "ada-l", id: 1815 },
      labels: [{ name: "bug" }],
      body: "Steps: make a project, press export.",
      created_at: iso,
      html_url: "https://github.com/example/planner/issues/42",
    },
    repository: { id: 90210, name: "planner", full_name: "example/planner", private: false },
    sender: { login: "ada-l", id: 1815 },
  },
});
