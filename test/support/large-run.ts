import { randomBytes } from "node:crypto";
import { createDynamoRunStore } from "../../lib/adapters/dynamo/dynamo-run-store.ts";
import { describeRun } from "../../lib/app/describe-run.ts";
import { operatorOf } from "../../lib/app/operator.ts";
import { replayRun } from "../../lib/app/replay-run.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import type { Dynalite } from "./dynalite.ts";
import { watchServiceLimits } from "./service-limits.ts";
import { createWorld, runIdOf } from "./world.ts";

/** How large the event and each of two results are. */
export interface LargeRunSize {
  readonly eventBytes: number;
  readonly resultBytes: number;
}

/** How long each part took, in milliseconds. */
export type LargeRunTimes = { readonly [part: string]: number };

/**
 * Posts a large event to a workflow of two calls with large answers and a wait between them, which leaves the invocation,
 * and replays it: what comes of both, as the history shows it, is compared with what was sent.
 * @throws Error for a value that came out otherwise, or a request that DynamoDB would not take.
 */
export async function playLargeRun(
  dynalite: Dynalite,
  { eventBytes, resultBytes }: LargeRunSize,
): Promise<LargeRunTimes> {
  const client = dynalite.client();
  const table = await dynalite.createTable();
  watchServiceLimits(client, dynalite.client());
  const expected = { note: text(eventBytes), a: text(resultBytes), b: text(resultBytes) };
  const get = (name: "a" | "b"): JsonObject => ({
    type: "http_call",
    url: `https://x.test/${name}`,
    output_to: name,
  });
  const world = createWorld({
    file: {
      environment: [{ name: "TOKEN", secret: true }],
      steps: [get("a"), { type: "wait", seconds: 600 }, get("b")],
    },
    secrets: { TOKEN: "a secret that is nowhere" },
    wrapStore: (_memory, { now }) => createDynamoRunStore({ client, table, now }),
    wrapHttp: () => ({
      send: async ({ url }) => ({
        status: 200,
        headers: { "content-type": "text/plain" },
        body: new TextEncoder().encode(url.endsWith("a") ? expected.a : expected.b),
      }),
    }),
  });
  Object.assign(world.ingest, { maxBodyBytes: 6_000_000 });
  const times: Record<string, number> = {};
  const timed = async <T>(part: string, work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    const result = await work();
    times[part] = Math.round(performance.now() - started);
    return result;
  };
  const show = async (runId: string) => JSON.parse(JSON.stringify(describeRun(await world.run(runId))));
  const check = ({ status, state }: { status: string; state: JsonObject }) => {
    const wrong = Object.entries(expected).filter(([key, value]) => state[key] !== value);
    if (status !== "succeeded" || wrong.length > 0)
      throw new Error(`${status}, not as it was: ${wrong.map(([key]) => key)}`);
  };

  const runId = runIdOf(await timed("accept", () => world.post({ note: expected.note })));
  await timed("run", () => world.settle());
  check(await timed("show", () => show(runId)));
  const { hash } = await world.run(runId);
  const version = { name: "example", hash, retentionDays: 30 };
  const replay = await replayRun(operatorOf(world.runner), runId, { version });
  if (replay.kind !== "replayed") throw new Error(`the replay is ${replay.kind}`);
  await timed("replay", () => world.settle());
  check(await show(replay.replayId));
  return times;
}

/** So many characters, which hardly get shorter by compression. */
function text(length: number): string {
  return randomBytes(Math.ceil((length * 3) / 4))
    .toString("base64")
    .slice(0, length);
}
