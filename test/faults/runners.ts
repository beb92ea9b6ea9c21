import { runBatch } from "../../lib/app/run-batch.ts";
import type { Runner } from "../../lib/app/runner.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { Http, HttpRequest } from "../../lib/core/ports/http.ts";
import type { RunStore } from "../../lib/core/ports/run-store.ts";
import { isFinal } from "../../lib/core/run.ts";
import type { Fault } from "../support/faults.ts";
import { createWorld, runIdOf, type World } from "../support/world.ts";
import type { FaultCase } from "./workflows.ts";

/** What runners did to one run, and where that is kept. */
export interface Scene {
  readonly world: World;
  readonly store: RunStore;
  readonly runId: string;
  /** Requests made when the run had ended. */
  readonly late: readonly string[];
  readonly requests: readonly HttpRequest[];
  /** Every final status that was written. */
  readonly ended: readonly string[];
  /** The call that was struck. */
  readonly struck: string | undefined;
}

/** The fault that befalls the n-th of all store calls, from 0. */
export interface StruckTurn {
  readonly at: number;
  readonly fault: Fault;
}

type Gate = <T>(call: () => Promise<T>) => Promise<T>;

const NEVER = new Promise<never>(() => {});

/**
 * Runners with a message each for the same run, whose leases run out the moment they are taken: whoever waits for its turn
 * is as good as stalled. With `strike` their requests to the other side wait for a turn too.
 */
export async function runnersOf(given: FaultCase, count: number, strike?: StruckTurn) {
  let kept: RunStore | undefined;
  const ended: string[] = [];
  const world = createWorld({
    ...given,
    wrapStore(store) {
      kept = {
        ...store,
        async finish(lease, finish) {
          await store.finish(lease, finish);
          if (lease.runId === runId) ended.push(finish.status);
        },
      };
      return kept;
    },
  });
  const store = kept as RunStore;
  const runId = runIdOf(await world.post(given.event ?? {}));
  for (let more = 1; more < count; more += 1) await world.queue.send({ runId });
  const late: string[] = [];
  const requests: HttpRequest[] = [];
  let turn = 0;
  let struck: string | undefined;
  const actors = world.queue.receive(count).map((delivery) => async (gate: Gate) => {
    const death = Promise.withResolvers<void>();
    let isAlive = true;
    const pass = (name: string, call: () => Promise<unknown>) =>
      gate(async () => {
        if (!isAlive) return NEVER;
        const fault = strike?.at === turn ? strike.fault : undefined;
        turn += 1;
        if (fault) struck = name;
        const die = () => {
          isAlive = false;
          death.resolve();
          return NEVER;
        };
        if (fault === "death before") return die();
        if (fault === "outage") throw new FlowError("connection", `${name} did not get through`);
        const result = await call();
        if (fault === "death after") return die();
        if (fault === "answer lost") throw new FlowError("connection", `the answer of ${name} got lost`);
        return result;
      });
    const gated = Object.fromEntries(
      (["claim", "append", "release", "finish", "create"] as const).map((name) => [
        name,
        (...given: readonly unknown[]) =>
          pass(name, () => (store[name] as (...all: readonly unknown[]) => Promise<unknown>)(...given)),
      ]),
    );
    const claim: RunStore["claim"] = (id, claiming) =>
      pass("claim", () => store.claim(id, { ...claiming, leaseUntil: claiming.now })) as ReturnType<
        RunStore["claim"]
      >;
    const ask = async (request: HttpRequest) => {
      const run = await store.get(runId);
      if (run && isFinal(run.status)) late.push(request.url);
      requests.push(request);
      return world.runner.ports.http.send(request);
    };
    const http: Http = {
      send: (request) =>
        strike ? (pass("send", () => ask(request)) as ReturnType<Http["send"]>) : ask(request),
    };
    const runner: Runner = {
      ...world.runner,
      store: { ...store, ...gated, putVersion: async () => {}, claim },
      ports: { ...world.runner.ports, http },
    };
    const work = async () => {
      const again = await runBatch(runner, [delivery], { deadline: world.clock.now() + 900_000 });
      if (!again.includes(delivery.messageId)) world.queue.acknowledge(delivery.receiptHandle);
    };
    await Promise.race([work(), death.promise]);
  });
  const scene: Scene = {
    world,
    store,
    runId,
    late,
    requests,
    ended,
    get struck() {
      return struck;
    },
  };
  return { scene, actors };
}
