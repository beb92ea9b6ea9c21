import { describe, expect, test } from "@jest/globals";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import type { HttpRequest } from "../../lib/core/ports/http.ts";
import type { Claim } from "../../lib/core/ports/run-store.ts";
import type { Call, Fault, Strike } from "../support/faults.ts";
import { runIdOf } from "../support/world.ts";
import { everyPair, type FaultPair } from "./every-pair.ts";
import { faultyStage, outcomeOf, play, requestsIn, type Trial } from "./trial.ts";
import { type FaultCase, WORKFLOWS } from "./workflows.ts";

const call = (name: string, more: JsonObject = {}): JsonObject => ({
  type: "http_call",
  url: `https://x.test/${name}`,
  output_to: name,
  ...more,
});
const http: Json[] = [
  { url: "https://x.test/gone", status: 410 },
  { url: "https://x.test/*", body: 1 },
];
const isTo = (name: string) => (one: Call) =>
  one.name === "peer.send" && (one.given[0] as HttpRequest).url === `https://x.test/${name}`;
/** Whoever makes this call dies of it. */
const kills = (name: string): Strike => ({ at: isTo(name), fault: "death before" });
/** Whoever makes this call dies, this often. */
function killsOnly(name: string, times: number): Strike {
  let left = times;
  const dies = isTo(name);
  return {
    at: (one) => {
      if (left === 0 || !dies(one)) return false;
      left -= 1;
      return true;
    },
    fault: "death before",
  };
}
const named = ({ calls }: Trial) => requestsIn(calls).map(({ url }) => url.replace("https://x.test/", ""));

describe("a step that kills its process", () => {
  test("P2 P9 is tried twice; its neighbours in the batch succeed, and its alarm is raised", async () => {
    const file = {
      steps: [call("a"), { ...call("x"), url: "https://x.test/${input.id}" }, { type: "print", text: "x" }],
      on_failure: [call("alarm")],
    };
    const { world, store, faults, untilQuiet } = faultyStage({ file, http }, [kills("killer")]);
    const ids: string[] = [];
    for (const id of ["1", "killer", "2", "3"]) ids.push(runIdOf(await world.post({ id })));
    await untilQuiet();
    const runs = await Promise.all(ids.map((id) => store.get(id)));
    expect(runs.map((run) => run?.status)).toEqual(["succeeded", "failed", "succeeded", "succeeded"]);
    expect(runs[1]?.error).toMatchObject({ class: "internal", step: "1" });
    expect(requestsIn(faults.calls).filter(({ url }) => /killer|alarm/.test(url))).toMatchObject([
      { url: "https://x.test/killer" },
      { url: "https://x.test/killer" },
      { url: "https://x.test/alarm" },
    ]);
  });

  test.each([
    ["between effects", [call("a"), { type: "print", text: "1" }, call("killer"), call("b")]],
    ["in a branch", [{ type: "if_else", if: { conditions: [], steps: [call("killer")] } }]],
    ["in a loop", [{ type: "for_each", input_from: "ids", steps: [call("killer")] }]],
  ])("P2 %s is named with its path, and tried twice", async (_where, steps) => {
    const trial = await play({ file: { steps: steps as JsonObject[] }, event: { ids: [1] }, http }, [
      kills("killer"),
    ]);
    expect(trial.run).toMatchObject({
      status: "failed",
      error: { class: "internal", id: expect.anything() },
    });
    expect(named(trial).filter((name) => name === "killer")).toHaveLength(2);
  });

  test("P2 among items that run at once ends the run, whatever the others do meanwhile", async () => {
    const file = {
      steps: [
        {
          type: "for_each",
          input_from: "ids",
          item_scope: "isolated",
          concurrency: 2,
          steps: [{ ...call("x"), url: "https://x.test/${item}" }],
          output_to: "all",
        },
      ],
    };
    const event = { ids: ["1", "2", "killer", "3", "4", "5"] };
    const { run, calls } = await play({ file, event, http }, [kills("killer")]);
    expect(run).toMatchObject({ status: "failed", error: { class: "internal", step: "0.items.2.0" } });
    expect(requestsIn(calls).filter(({ url }) => url.endsWith("killer")).length).toBeLessThan(5);
  });

  test("P2 in a chunk fails the items that have not ended; what the loop tolerates does not disturb its run", async () => {
    const file = {
      steps: [
        {
          type: "for_each",
          input_from: "ids",
          mode: "distributed",
          chunk_size: 3,
          concurrency: 1,
          tolerate: { count: 2 },
          steps: [{ ...call("x"), url: "https://x.test/${item}" }],
          result_from: "x",
          output_to: "all",
        },
        call("end"),
      ],
    };
    const event = { ids: ["1", "killer", "2", "3", "4", "5"] };
    const trial = await play({ file, event, http }, [kills("killer")]);
    const failed = { error_details: { class: "internal" } };
    expect(outcomeOf(trial.run)).toMatchObject({
      status: "succeeded",
      state: { all: [1, failed, failed, 1, 1, 1] },
    });
    expect(trial.children[0]).toMatchObject({ status: "failed", error: { step: "0.items.1.0" } });
    expect(named(trial).filter((name) => name === "killer")).toHaveLength(2);
  });

  test("P2 in on_failure does not keep the run from ending with the error that it failed with", async () => {
    const file = { steps: [call("a"), call("gone")], on_failure: [call("b"), call("killer")] };
    const trial = await play({ file, http }, [kills("killer")]);
    expect(trial.run).toMatchObject({ status: "failed", error: { class: "client_error", step: "1" } });
    expect(named(trial)).toEqual(["a", "gone", "b", "killer", "killer"]);
  });

  test("P2 in on_failure of a run that another such step has failed", async () => {
    const file = { steps: [call("killer")], on_failure: [call("b"), call("killer2")] };
    const trial = await play({ file, http }, [kills("killer"), kills("killer2")]);
    expect(trial.run).toMatchObject({ status: "failed", error: { class: "internal", step: "0" } });
    expect(named(trial).filter((name) => name === "b")).toHaveLength(1);
  });
});

describe("a run that kills its process outside of any step", () => {
  const file = { steps: [call("a"), { type: "print", text: "x" }], on_failure: [call("alarm")] };
  /** Whoever makes this call for the run that came second dies of it, each time. */
  const place = (ids: readonly string[], isFatal: (one: Call) => boolean, fault: Fault): Strike => ({
    at: (one) => JSON.stringify(one.given[0]).includes(ids[1] ?? "none") && isFatal(one),
    fault,
  });
  const isLoaded = ({ name, given: [, claim] }: Call, loads: { left: number }) => {
    if (name !== "store.claim" || loads.left === 0) return false;
    if ((claim as Claim).inCompany && loads.left < 3) return false;
    loads.left -= 1;
    return true;
  };

  test.each<[string, () => (one: Call) => boolean, Fault]>([
    [
      "while it is loaded",
      () =>
        (
          (loads) => (one: Call) =>
            isLoaded(one, loads)
        )({ left: 3 }),
      "death after",
    ],
    [
      "at the final write",
      () =>
        ({ name }) =>
          name === "store.finish",
      "death before",
    ],
    [
      "wherever entries are stored",
      () =>
        ({ name }) =>
          name === "store.append",
      "death before",
    ],
    [
      "at the final write, or where entries are stored",
      () =>
        ({ name }) =>
          /finish|append/.test(name),
      "death before",
    ],
  ])("P2 P9 %s, is failed in the end, and told so; its neighbours succeed", async (_where, fatal, fault) => {
    const ids: string[] = [];
    const { world, store, faults, untilQuiet } = faultyStage({ file, http }, [place(ids, fatal(), fault)]);
    for (const id of ["1", "2", "3"]) ids.push(runIdOf(await world.post({ id })));
    await untilQuiet();
    const runs = await Promise.all(ids.map((id) => store.get(id)));
    expect(runs.map((run) => run?.status)).toEqual(["succeeded", "failed", "succeeded"]);
    expect(runs[1]?.error).toMatchObject({ class: "internal" });
    const buried = world.queue.deadLetters.map(({ message, reason }) => `${message.runId} ${reason.class}`);
    expect([...new Set(buried)]).toEqual([`${ids[1]} internal`]);
    expect(requestsIn(faults.calls).length).toBeLessThan(10);
  });
});

describe("two deaths", () => {
  test("P2 at two steps are no poison: the run succeeds", async () => {
    const file = { steps: [call("a"), call("b"), call("c")] };
    const { run } = await play({ file, http }, [killsOnly("a", 1), killsOnly("c", 1)]);
    expect(run).toMatchObject({ status: "succeeded", attempt: 3 });
  });

  test("P6 of which the second follows a call that may be made once leave its outcome unknown", async () => {
    const file = { steps: [call("a"), call("b", { effect: "at_most_once" })] };
    const trial = await play({ file, http }, [killsOnly("a", 1), killsOnly("b", 1)]);
    expect(trial.run).toMatchObject({ status: "failed", error: { class: "unknown_outcome", step: "1" } });
    expect(named(trial)).toEqual(["a", "a", "b"]);
  });

  test.each([
    ["effects", { steps: [call("a"), { type: "print", text: "x" }, call("b")] }],
    ["a failure with its alarm", { steps: [call("a"), call("gone")], on_failure: [call("b")] }],
    [
      "branches that wait",
      {
        steps: [
          {
            type: "parallel",
            branches: { one: [call("a"), { type: "wait", seconds: 60 }], two: [call("b")] },
          },
        ],
      },
    ],
    ["a run of another workflow", { steps: [{ type: "run_workflow", name: "other" }, call("b")] }],
  ])("P2 P4 P5 wherever they happen: %s", async (_about, file) => {
    const given = { file, workflows: { other: { steps: [call("a")] } }, http };
    const pairs: readonly FaultPair[] = [
      ["death before", "death before"],
      ["death after", "death before"],
      ["death before", "death after"],
    ];
    const { broken, trials } = await everyPair(given, { pairs });
    expect(broken).toEqual([]);
    expect(trials).toBeGreaterThan(100);
  });
});

test.each([
  { about: "a drop", onTable: true },
  { about: "a cached model, paid for once", onTable: false },
])(
  "P2 P4 P5 P7 two faults of any kind, at every pair of calls: $about, on a table: $onTable (npm run test:pairs tries more)",
  async ({ about, onTable }) => {
    const { broken, trials } = await everyPair(WORKFLOWS[about] as FaultCase, { onTable });
    expect(broken).toEqual([]);
    expect(trials).toBeGreaterThan(500);
  },
);
