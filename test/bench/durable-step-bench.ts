import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import type { TimedRequest } from "./request-clock.ts";
import { startStack } from "./running-stack.ts";
import { median } from "./statistics.ts";

const STEPS = 20;
const WARM_UP_RUNS = 10;
const RUNS = 40;

/** A step with an effect whose entry is stored before the next one begins: medians over all steps, in milliseconds. */
export interface DurableStepFigures {
  /** From the beginning of a call to the beginning of the next step's. */
  readonly stepMs: number;
  /** The call itself, as the stack's HTTP client saw it. */
  readonly callMs: number;
  /** The request that stores the entry, as the stack's HTTP client saw it. */
  readonly writeMs: number;
  /** What is left of the step without both. */
  readonly beyondMs: number;
}

/** Runs calls in a row on a local stack that times its own requests. */
export async function benchDurableStep(): Promise<DurableStepFigures> {
  const peer = createServer((request, answer) => {
    request.resume();
    answer.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  peer.listen(0, "127.0.0.1");
  await once(peer, "listening");
  const call = { type: "http_call", url: `http://127.0.0.1:${(peer.address() as AddressInfo).port}/` };
  const folder = mkdtempSync(join(tmpdir(), "hookline-clock-"));
  const file = join(folder, "requests.json");
  try {
    const stack = await startStack(
      { "effects.yaml": stringify({ name: "effects", steps: Array(STEPS).fill(call) }) },
      {
        HOOKLINE_ALLOW_PRIVATE_HOSTS: "127.0.0.1",
        NODE_OPTIONS: `--import=${new URL("./request-clock.ts", import.meta.url)}`,
        REQUEST_CLOCK_FILE: file,
      },
    );
    for (let run = 0; run < WARM_UP_RUNS + RUNS; run += 1) await stack.ended(await stack.post("effects", {}));
    await stack.stop();
    return figuresOf(stepsIn(JSON.parse(readFileSync(file, "utf8"))).slice(-RUNS * (STEPS - 1)));
  } finally {
    rmSync(folder, { recursive: true, force: true });
    peer.closeAllConnections();
    peer.close();
  }
}

interface Step {
  readonly stepMs: number;
  readonly callMs: number;
  readonly writeMs: number;
}

/** Two calls with one write and no other request of the table between them are two steps of one run. */
function stepsIn(requests: readonly TimedRequest[]): readonly Step[] {
  const inOrder = [...requests].sort((a, b) => a.startedAt - b.startedAt);
  return inOrder.flatMap((call, at) => {
    const [write, next] = inOrder.slice(at + 1, at + 3);
    if (call.what !== "call" || write?.what !== "PutItem" || next?.what !== "call") return [];
    const length = ({ startedAt, endedAt }: TimedRequest) => endedAt - startedAt;
    return [{ stepMs: next.startedAt - call.startedAt, callMs: length(call), writeMs: length(write) }];
  });
}

function figuresOf(steps: readonly Step[]): DurableStepFigures {
  if (steps.length < RUNS * (STEPS - 1)) throw new Error(`only ${steps.length} steps were measured`);
  const of = (figure: (step: Step) => number) => median(steps.map(figure));
  return {
    stepMs: of(({ stepMs }) => stepMs),
    callMs: of(({ callMs }) => callMs),
    writeMs: of(({ writeMs }) => writeMs),
    beyondMs: of(({ stepMs, callMs, writeMs }) => stepMs - callMs - writeMs),
  };
}
