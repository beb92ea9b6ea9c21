import { expect, test } from "@jest/globals";
import { createJq } from "../../lib/adapters/jq/jq-worker-pool.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import { attempt, compiled } from "../support/engine-run.ts";

test.each([
  { query: "now | floor", segments: [["0"], ["1"]] },
  { query: ".known | floor", segments: [["0", "1"]] },
])(
  "what $query gives is stored before an effect when a second try could give another time",
  async ({ query, segments }) => {
    const jq = createJq();
    const call: JsonObject = {
      type: "http_call",
      url: "https://api.test/first",
      body: "${jq}",
      method: "POST",
    };
    const last: JsonObject = { type: "http_call", url: "https://api.test/last", method: "POST" };
    const done = await attempt({
      workflow: compiled({ steps: [{ type: "jq", query }, call, last] }),
      event: { known: 3 },
      http: [{ url: "https://api.test/first" }, { url: "https://api.test/last" }],
      ports: { jq },
    });
    await jq.close();
    expect(done.end.kind).toBe("succeeded");
    expect(done.segments.map((segment) => segment.map(({ path }) => path))).toEqual(segments);
  },
);
