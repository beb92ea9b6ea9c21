import { expect, test } from "@jest/globals";
import { outcomeOf, play } from "./trial.ts";

test.each([
  ["in texts and sentences", ""],
  ["in sentences that are cut behind them", "more".repeat(20)],
])("trials are compared without durations and numbers of attempts, also %s", async (_where, more) => {
  const call = {
    type: "http_call",
    url: "https://x.test/a",
    output_to: "list.a",
    retries: 9,
    backoff_seconds: 0,
  };
  const given = (refusals: number) => ({
    file: {
      steps: [
        call,
        { type: "set", values: { "list.more": more } },
        {
          type: "for_each",
          input_from: "list",
          steps: [],
          swallow_on_error: true,
          raw_on_error: true,
          output_to: "all",
        },
        { type: "set", values: { text: "took ${list}" } },
      ],
    },
    http: [{ url: "https://x.test/a", answers: [{ status: 503, times: refusals }, { body: "ok" }] }],
  });
  const [once, often] = await Promise.all([1, 9].map(async (refusals) => (await play(given(refusals))).run));
  expect(JSON.stringify(once?.journal)).toContain('\\"attempts\\":2');
  expect(JSON.stringify(often?.journal)).toContain('\\"attempts\\":10');
  expect(outcomeOf(once)).toEqual(outcomeOf(often));
});
