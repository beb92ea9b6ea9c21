import { expect, test } from "@jest/globals";
import { outcomeOf, play } from "./trial.ts";

test("trials are compared without durations and numbers of attempts, in texts and sentences of errors too", async () => {
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
  const [once, often] = await Promise.all([1, 3].map(async (refusals) => (await play(given(refusals))).run));
  expect(JSON.stringify(once?.journal)).toContain('\\"attempts\\":2');
  expect(JSON.stringify(often?.journal)).toContain('\\"attempts\\":4');
  expect(outcomeOf(once)).toEqual(outcomeOf(often));
});
