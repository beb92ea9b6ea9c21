import { describe, expect, test } from "@jest/globals";
import { createMemoryCache } from "../../lib/adapters/memory/memory-cache.ts";
import { parseScript } from "../../lib/adapters/scripted/script.ts";
import { scriptedHttp } from "../../lib/adapters/scripted/scripted-http.ts";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { Json, JsonObject } from "../../lib/core/json.ts";
import type { Cache } from "../../lib/core/ports/cache.ts";
import { virtualClock } from "../../lib/testing/virtual-clock.ts";
import { type AttemptOptions, attempt, compiled } from "../support/engine-run.ts";

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const A = "https://x.test/a";
const cached: JsonObject = { type: "http_call", url: A, output_to: "x", cache: { ttl: 3600 } };
const one = compiled({ steps: [cached] });

/** Runs that share a cache, the other side and the time; each in a process of its own unless it says otherwise. */
function stage(...http: readonly Json[]) {
  const clock = virtualClock(NOW);
  const script = parseScript({ http });
  const peer = scriptedHttp(script, { clock });
  const cache = createMemoryCache();
  const asked: string[] = [];
  const counted: Cache = {
    claim: (...given) => {
      asked.push("claim");
      return cache.claim(...given);
    },
    store: (...given) => {
      asked.push("store");
      return cache.store(...given);
    },
    release: (...given) => {
      asked.push("release");
      return cache.release(...given);
    },
  };
  const run = (runId: string, options: Partial<AttemptOptions> = {}) =>
    attempt({ workflow: one, clock, cache: { ...counted }, runId, ports: { http: peer }, ...options });
  /** The lease of a process that may never come back. */
  const hold = async (untilMs: number, workflow = one) => {
    let key = "";
    const claim: Cache["claim"] = async (asked) => {
      key = asked;
      throw new FlowError("connection", "asked for the key only");
    };
    await attempt({
      workflow,
      cache: { ...cache, claim },
      ports: { http: { send: async () => ({ status: 200, headers: {}, body: new Uint8Array() }) } },
    });
    await cache.claim(key, { owner: "other/0", now: NOW, leaseUntil: NOW + untilMs, staleAt: 0 });
    return {
      key,
      store: (output: Json) =>
        cache.store(key, { owner: "other/0", result: { output }, storedAt: clock.now(), ttlSeconds: 3600 }),
    };
  };
  return { clock, script, counted, asked, run, hold };
}
const names = (count: number) => Array.from({ length: count }, (_, index) => `run-${index}`);
const statuses = (runs: readonly { readonly entries: readonly { readonly status: string }[] }[]) =>
  runs.map(({ entries }) => entries.at(-1)?.status).sort();

describe("many runs that miss at once", () => {
  const slow = { url: A, body: { name: "Acme" }, delay_seconds: 20 };

  test.each([2, 64])("make one call, %i in processes of their own", async (count) => {
    const { script, run } = stage(slow);
    const runs = await Promise.all(names(count).map((name) => run(name)));
    expect(script.calls).toHaveLength(1);
    expect(runs.every(({ state }) => (state.x as JsonObject).name === "Acme")).toBe(true);
    expect(statuses(runs)).toEqual([...Array(count - 1).fill("cached"), "ok"]);
  });

  test("make one call, 64 in one process, where one of them asks the cache for all", async () => {
    const { script, counted, asked, run } = stage(slow);
    const runs = await Promise.all(names(64).map((name) => run(name, { cache: counted })));
    expect(script.calls).toHaveLength(1);
    expect(asked).toEqual(["claim", "store"]);
    expect(statuses(runs)).toEqual([...Array(63).fill("cached"), "ok"]);
  });

  test("find the result at most half as late again as it came", async () => {
    for (const seconds of [0.5, 3, 20]) {
      const { clock, run } = stage({ ...slow, delay_seconds: seconds });
      await Promise.all([run("first"), run("second")]);
      expect(clock.now() - NOW).toBeLessThanOrEqual(seconds * 1500 + 100);
    }
  });

  test("look less and less often", async () => {
    const { asked, run } = stage({ ...slow, delay_seconds: 25 });
    await Promise.all([run("first"), run("second")]);
    expect(asked.filter((what) => what === "claim").length).toBeLessThan(20);
  });
});

describe("whoever computes", () => {
  test("ends its lease when it has failed for good, and the next takes its turn", async () => {
    const { script, asked, run } = stage({
      url: A,
      answers: [{ status: 410, delay_seconds: 2, times: 1 }, { body: 1 }],
    });
    const runs = await Promise.all(names(3).map((name) => run(name)));
    expect(runs.map(({ end }) => end.kind).sort()).toEqual(["failed", "succeeded", "succeeded"]);
    expect(script.calls).toHaveLength(2);
    expect(asked.filter((what) => what !== "claim")).toEqual(["release", "store"]);
  });

  test("keeps nothing when the run is dropped, and the next drops itself", async () => {
    const workflow = compiled({
      steps: [
        { type: "python_function", code: "def process(s): return None", inject: true, cache: { ttl: 60 } },
      ],
    });
    const python = { run: async () => ({ value: null, printed: [] }), endRun() {} };
    const { asked, run } = stage();
    for (const name of ["a", "b"])
      expect((await run(name, { workflow, ports: { python } })).end).toMatchObject({ kind: "dropped" });
    expect(asked).toEqual(["claim", "release", "claim", "release"]);
  });

  test("has died: its lease runs out, and exactly one of those who wait takes over", async () => {
    const { script, clock, run, hold } = stage({ url: A, body: 1, delay_seconds: 5 });
    await hold(35_000);
    const runs = await Promise.all(names(4).map((name) => run(name)));
    expect(script.calls).toHaveLength(1);
    expect(statuses(runs)).toEqual(["cached", "cached", "cached", "ok"]);
    expect(clock.now() - NOW).toBeLessThan(35_000 * 1.5 + 5_000 * 1.5);
  });

  test("has died behind storing its result: when its run comes back, the result is its own, and paid for", async () => {
    const workflow = compiled({
      environment: [{ name: "OPENAI_API_KEY", secret: true }],
      steps: [{ type: "openai_completion", prompt: "Hi", cache: { ttl: 3600 } }],
    });
    const llm = [{ text: "Hello", usage: { input_tokens: 1, output_tokens: 1, cost_usd: 0.01 } }];
    const { counted, run } = stage();
    const given = { workflow, env: { OPENAI_API_KEY: "sk-test" }, cache: counted };
    await run("run-1", { ...given, llm });
    const again = await run("run-1", { ...given, llm: [] });
    expect(again.entries).toMatchObject([{ status: "ok", attempts: 1, usage: { cost_usd: 0.01 } }]);
    expect(again.entries[0]).not.toHaveProperty("savedUsd");
  });

  test("has died before that: its run finds its own lease and goes on at once", async () => {
    const { clock, counted, run } = stage({ url: A, body: 1 });
    const http = { send: () => Promise.reject(new Error("the process dies")) };
    await run("run-1", { cache: { ...counted, release: async () => {} }, ports: { http } });
    expect((await run("run-1")).entries).toMatchObject([{ status: "ok" }]);
    expect(clock.now()).toBe(NOW);
  });

  test("leaves a call of unknown outcome behind only where no result was kept", async () => {
    const workflow = compiled({ steps: [{ ...cached, effect: "at_most_once" }] });
    const { run } = stage({ url: A, body: 1, times: 1 });
    const first = await run("run-1", { workflow });
    const past = first.segments.flat().filter(({ status }) => status === "started");
    expect(past).toHaveLength(1);
    expect((await run("run-1", { workflow, past })).end.kind).toBe("succeeded");
    const unkept = await run("run-1", { workflow, past, cache: createMemoryCache() });
    expect(unkept.end).toMatchObject({ kind: "failed", error: { class: "unknown_outcome" } });
  });

  test("keeps its lease while its run goes on elsewhere", async () => {
    const { asked, run } = stage({ url: A, status: 503 });
    const workflow = compiled({ steps: [{ ...cached, retries: 1, backoff_seconds: 300 }] });
    const { end } = await run("run-1", { workflow, limits: { longestWaitMs: 10_000 } });
    expect(end).toMatchObject({ kind: "paused", pause: { reason: "wait" } });
    expect(asked).toEqual(["claim"]);
  });
});

describe("whoever waits", () => {
  const limits = { longestWaitMs: 10_000 };

  test("leaves the process once a wait is long, and comes back to it without using compute", async () => {
    const { clock, run, hold } = stage({ url: A, body: 1 });
    const other = await hold(900_000, compiled({ steps: [{ ...cached, timeout: 600 }] }));
    const workflow = compiled({ steps: [{ ...cached, timeout: 600 }] });
    const first = await run("run-1", { workflow, limits });
    if (first.end.kind !== "paused" || first.end.pause.reason !== "wait") throw new Error(first.end.kind);
    const { dueAt } = first.end.pause;
    const waited = clock.now() - NOW;
    expect(waited).toBeLessThan(30_000);
    expect(dueAt - clock.now()).toBeGreaterThan(10_000);
    expect(first.tail).toMatchObject([{ status: "waiting", dueAt, note: "for the result of another run" }]);

    clock.advance(dueAt - clock.now());
    const second = await run("run-1", { workflow, limits, past: first.tail });
    expect(clock.now()).toBe(dueAt);
    expect(second.end).toMatchObject({ kind: "paused", pause: { reason: "wait" } });
    expect(second.tail).toEqual([]);

    await other.store("theirs");
    const third = await run("run-1", { workflow, limits, past: first.tail });
    expect(third.state).toEqual({ x: "theirs" });
    expect(third.entries).toMatchObject([{ status: "cached", startedAt: NOW, durationMs: dueAt - NOW }]);
  });

  test("computes without the cache when it has waited twice as long as its own work would take at worst", async () => {
    const { script, clock, run, hold } = stage({ url: A, body: 1 });
    await hold(900_000);
    const { entries, state } = await run("run-1");
    expect(state).toMatchObject({ x: 1 });
    expect(script.calls).toHaveLength(1);
    expect(clock.now() - NOW).toBe(70_000);
    expect(entries).toMatchObject([
      {
        status: "ok",
        warnings: ["cache: whoever computes the result takes too long, so the step ran as if it had none"],
      },
    ]);
  });

  test("does not use up its run's time", async () => {
    const { run, hold, clock } = stage({ url: A, body: 1 });
    const other = await hold(900_000);
    const waiting = run("run-1", { runUntil: NOW + 2_000 });
    await clock.sleep(9_000);
    await other.store("theirs");
    expect((await waiting).state).toEqual({ x: "theirs" });
  });

  test.each(["another process", "its own"])(
    "for %s ends at once when its run ends elsewhere",
    async (where) => {
      const { clock, counted, run, hold } = stage({ url: A, body: 1, delay_seconds: 25 });
      const workflow = compiled({
        steps: [
          {
            type: "parallel",
            branches: {
              waits: [cached],
              stops: [
                { type: "wait", seconds: 5 },
                { type: "stop", message: "enough" },
              ],
            },
          },
        ],
      });
      const first = where === "its own" ? run("first", { cache: counted }) : await hold(900_000);
      const { end } = await run("run-1", { workflow, cache: counted });
      expect(end).toMatchObject({ kind: "succeeded", reason: "enough" });
      expect(clock.now() - NOW).toBe(5_000);
      await first;
    },
  );

  test("follows another of its process for no longer than that one's lease", async () => {
    const { counted, clock, run } = stage({ url: A, body: 1 });
    const never = { http: { send: () => new Promise<never>(() => {}) } };
    void run("dead", { cache: counted, ports: { ...never, clock: { ...clock, timer: () => () => {} } } });
    const { entries } = await run("run-1", { cache: counted });
    expect(entries).toMatchObject([{ status: "ok" }]);
    expect(clock.now() - NOW).toBeLessThanOrEqual(40_000);
  });
});

describe("a cache that cannot be reached", () => {
  const down = () => Promise.reject(new FlowError("connection", "the table does not answer"));

  test("does not fail the run: the call is made, and the record says why", async () => {
    const { script, counted, run } = stage({ url: A, body: 1 });
    const { state, entries } = await run("run-1", { cache: { ...counted, claim: down } });
    expect(state).toMatchObject({ x: 1 });
    expect(script.calls).toHaveLength(1);
    expect(entries[0]?.warnings).toEqual([
      "cache: the table does not answer, so the step ran as if it had none",
    ]);
  });

  test("loses a result or a release, not the step", async () => {
    const { counted, run } = stage({ url: A, answers: [{ body: 1, times: 1 }, { status: 410 }] });
    const cache = { ...counted, store: down, release: down };
    const kept = await run("run-1", { cache });
    expect(kept.entries).toMatchObject([
      { status: "ok", warnings: ["cache: the table does not answer, so the result was not kept"] },
    ]);
    const failed = await run("run-1", { cache });
    expect(failed.entries).toMatchObject([
      {
        status: "failed",
        error: { class: "client_error" },
        warnings: ["cache: the table does not answer, so others wait until the lease is over"],
      },
    ]);
  });

  test("shares its result with those of its process all the same", async () => {
    const { script, counted, run } = stage({ url: A, body: 1, delay_seconds: 2 });
    const cache = { ...counted, store: down };
    const runs = await Promise.all(names(5).map((name) => run(name, { cache })));
    expect(script.calls).toHaveLength(1);
    expect(statuses(runs)).toEqual(["cached", "cached", "cached", "cached", "ok"]);
  });
});

describe("when entries are stored", () => {
  const effect: JsonObject = {
    type: "http_call",
    url: "https://x.test/b",
    output_to: "y",
    body: "${x}",
    method: "POST",
  };

  test("a hit waits for the next effect, before which it is stored: a second try might find another one", async () => {
    const workflow = compiled({ steps: [cached, { type: "print", text: "x" }, effect] });
    const { run } = stage({ url: A, body: 1 }, { url: "https://x.test/b", body: 2 });
    const first = await run("run-1", { workflow });
    const second = await run("run-2", { workflow });
    expect(first.segments).toMatchObject([[{ path: "0", status: "ok" }]]);
    expect(second.segments).toMatchObject([[{ path: "0", status: "cached" }, { path: "1" }]]);
    expect(second.tail).toMatchObject([{ path: "2", status: "ok" }]);
  });

  test("a hit costs no write of its own when no effect follows", async () => {
    const workflow = compiled({ steps: [cached, { type: "print", text: "x" }] });
    const { run } = stage({ url: A, body: 1 });
    await run("run-1", { workflow });
    const { segments, tail } = await run("run-2", { workflow });
    expect(segments).toEqual([]);
    expect(tail).toMatchObject([{ status: "cached" }, { status: "ok" }]);
  });
});
