import { writeSync } from "node:fs";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { createDynamoRunStore } from "../../lib/adapters/dynamo/dynamo-run-store.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import type { Http } from "../../lib/core/ports/http.ts";
import { peakMemoryMb } from "./peak-memory.ts";
import { createWorld } from "./world.ts";

/** What a process that works on a long loop is told, as JSON in its first argument. */
export interface LongLoopOrder {
  readonly url: string;
  readonly table: string;
  readonly runId: string;
  readonly workflow: JsonObject;
  /** Bytes of each answer that the items' calls get. */
  readonly answerBytes: number;
  /** The process ends, like one that is killed, when this many calls were made. */
  readonly diesAt?: number;
  /** Minutes after the run was stored. */
  readonly minutes: number;
}

/** What it tells at its end. */
export interface LongLoopReport {
  /** `killed`: as it was ordered. */
  readonly status: string;
  readonly calls: number;
  readonly ms: number;
  /** Write requests by name. */
  readonly writes: { readonly [command: string]: number };
  readonly peakRssMb: number;
}

const { url, table, runId, workflow, answerBytes, diesAt, minutes } = JSON.parse(
  process.argv[2] ?? "{}",
) as LongLoopOrder;
const client = new DynamoDBClient({
  endpoint: url,
  region: "us-east-1",
  credentials: { accessKeyId: "test", secretAccessKey: "test" },
});
const writes: Record<string, number> = {};
client.middlewareStack.add(
  (next, { commandName = "" }) =>
    (args) => {
      if (/Put|Update|BatchWrite/.test(commandName)) writes[commandName] = (writes[commandName] ?? 0) + 1;
      return next(args);
    },
  { step: "initialize" },
);
let calls = 0;
const peer: Http = {
  async send() {
    calls += 1;
    if (calls === diesAt) {
      tell("killed");
      process.kill(process.pid, "SIGKILL");
    }
    const document = `${calls}`.padEnd(answerBytes, "x");
    await new Promise(setImmediate);
    return {
      status: 200,
      headers: { "content-type": "application/json" },
      body: new TextEncoder().encode(JSON.stringify({ id: calls, document })),
    };
  },
};
const world = createWorld({
  file: workflow,
  wrapStore: (_memory, { now }) => createDynamoRunStore({ client, table, now }),
  wrapHttp: () => peer,
});
world.clock.advance(minutes * 60_000);
// Chance begins alike in each process: a later one takes other names.
for (let drawn = 0; drawn < minutes; drawn += 1) world.runner.ports.random.uuid();
await world.queue.send({ runId });
const started = performance.now();
await world.settle();
tell(String(await world.store.status(runId)));
client.destroy();

function tell(status: string): void {
  const report: LongLoopReport = {
    status,
    calls,
    ms: Math.round(performance.now() - started),
    writes,
    peakRssMb: peakMemoryMb(),
  };
  writeSync(1, JSON.stringify(report));
}
