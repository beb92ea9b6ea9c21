import type { Json, JsonObject } from "../../lib/core/json.ts";
import type { FaultCase } from "./workflows.ts";

const call = (name: string, body: Json = null): JsonObject => ({
  type: "http_call",
  url: `https://x.test/${name}`,
  method: "POST",
  body,
  output_to: name,
});
const http = ["a", "b", "c"].map((name) => ({ url: `https://x.test/${name}`, body: { from: name } }));
const stamp = { type: "add_timestamp", output_to: "at" };

/** Workflows small enough for every order of what their runners do, by what they are about. */
export const SCENES: { readonly [about: string]: JsonObject } = {
  "two effects": { steps: [call("a"), call("b", "${a.from}")] },
  "an effect that sees the time": { steps: [stamp, call("a", "${at}"), stamp] },
  "three effects": { steps: [call("a"), call("b"), call("c", "${b.from}")] },
  "three effects, of which one heals in a later delivery": {
    steps: [call("a"), call("busy", "${a.from}"), call("c")],
  },
  "a loop whose items run at once": {
    steps: [
      {
        type: "for_each",
        input_from: "ids",
        item_scope: "isolated",
        steps: [call("a", "${item}")],
        output_to: "all",
      },
    ],
  },
  "branches at once": {
    steps: [
      {
        type: "parallel",
        branches: {
          one: [call("a"), call("b", "${a.from}")],
          two: [{ type: "wait", seconds: 60 }, call("c")],
        },
      },
    ],
  },
  "a run of another workflow": {
    steps: [{ type: "run_workflow", name: "other", event: { n: 1 } }, call("a", "${run_workflow.c.from}")],
  },
  "a run of another workflow that nobody waits for": {
    steps: [{ type: "run_workflow", name: "other", event: { n: 1 }, await: false }, call("a")],
  },
  "a failure with its alarm": { steps: [call("a"), call("gone")], on_failure: [call("c")] },
  "a history that is blanked": {
    history: { redact: ["a.from"] },
    steps: [call("a"), call("b", "${a.from}")],
  },
};
/** A scene with its world. @throws Error when there is none of that name. */
export function sceneCase(about: string): FaultCase {
  const file = SCENES[about];
  if (!file) throw new Error(`no scene is about ${about}`);
  return {
    file,
    workflows: { other: { steps: [call("c", "${n}")] } },
    event: { ids: [1, 2] },
    ...(file.on_failure !== undefined && { acceptsFailures: true }),
    http: [
      ...http,
      { url: "https://x.test/gone", status: 410 },
      { url: "https://x.test/busy", answers: [{ status: 503 }, { body: { from: "busy" } }] },
    ],
  };
}
