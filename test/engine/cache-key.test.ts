import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { createMemoryCache } from "../../lib/adapters/memory/memory-cache.ts";
import { type Json, type JsonObject, jsonEquals } from "../../lib/core/json.ts";
import type { Cache } from "../../lib/core/ports/cache.ts";
import { type AttemptOptions, attempt, compiled } from "../support/engine-run.ts";

const post: JsonObject = {
  type: "http_call",
  url: "https://x.test/a",
  method: "POST",
  body: "${x}",
  output_to: "r",
  cache: { ttl: 60 },
};
const withToken: JsonObject = { ...post, headers: { Authorization: "Bearer ${env:TOKEN}" } };
const secret = { name: "TOKEN", secret: true };

/** The key that the last step of a workflow is kept under; undefined when it asks for none. */
async function keyOf(step: JsonObject, more: JsonObject = {}, options: Partial<AttemptOptions> = {}) {
  let key: string | undefined;
  const cache = createMemoryCache();
  const claim: Cache["claim"] = (asked, given) => {
    key = asked;
    return cache.claim(asked, given);
  };
  await attempt({
    workflow: compiled({ steps: [step], ...more }),
    cache: { ...cache, claim },
    http: [{ url: "*", body: 1 }],
    ...options,
  });
  return key;
}
const key = (scope: string, value: string) => ({ cache: { ttl: 60, scope, key: value } });

describe("a key is the same", () => {
  test("whatever order the keys of a mapping stand in", () =>
    fc.assert(
      fc.asyncProperty(fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 5 }), async (mapping) => {
        const turned = Object.fromEntries(Object.entries(mapping).reverse());
        const [one, other] = [mapping, turned].map((x) => keyOf(post, {}, { event: { x: x as Json } }));
        expect(await one).toBe(await other);
      }),
      { numRuns: 50 },
    ));

  test("after a secret has got another value, and when only name, retries, line or ttl of the step differ", async () => {
    const file = { environment: [secret] };
    const known = await keyOf(withToken, file, { env: { TOKEN: "before" } });
    expect(known).toMatch(/^[0-9a-f]{64}$/);
    expect(await keyOf(withToken, file, { env: { TOKEN: "after" } })).toBe(known);
    const relabelled = {
      ...withToken,
      name: "A call",
      id: "a-call",
      retries: 3,
      timeout: 5,
      cache: { ttl: 7 },
    };
    expect(await keyOf(relabelled, file, { env: { TOKEN: "before" } })).toBe(known);
  });

  test("for two workflows of one stage, where the scope says so", async () => {
    const inStage = { ...post, ...key("stage", "k") };
    expect(await keyOf(inStage, { name: "one" })).toBe(await keyOf(inStage, { name: "two" }));
    const own = { ...post, ...key("workflow", "k") };
    expect(await keyOf(own, { name: "one" })).not.toBe(await keyOf(own, { name: "two" }));
  });
});

describe("a key is another one", () => {
  test("for every other value of a parameter", () =>
    fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (one, other) => {
        const keys = [one, other].map((x) => keyOf(post, {}, { event: { x: x as Json } }));
        expect((await keys[0]) === (await keys[1])).toBe(jsonEquals(one as Json, other as Json));
      }),
      { numRuns: 50 },
    ));

  const other: { readonly [about: string]: JsonObject } = {
    "the place of writing": { output_to: "s" },
    "what is asked of a merge": { inject: true },
    "the definition": { url: "https://x.test/b" },
    "the key's value": key("workflow", "l"),
    "the scope": key("run", "k"),
  };
  test.each(Object.entries(other))("where %s differs", async (_about, change) => {
    const step = { ...post, ...key("workflow", "k") };
    expect(await keyOf({ ...step, ...change })).not.toBe(await keyOf(step));
  });

  test("for another run, where the scope is the run", async () => {
    const step = { ...post, ...key("run", "k") };
    const [one, same, two] = await Promise.all(["1", "1", "2"].map((runId) => keyOf(step, {}, { runId })));
    expect(one).toBe(same);
    expect(one).not.toBe(two);
  });

  test("for a secret of another name, or of another workflow's default", async () => {
    const other = { ...post, headers: { Authorization: "Bearer ${env:OTHER}" } };
    const environment = [secret, { name: "OTHER", secret: true }];
    const env = { TOKEN: "same-value", OTHER: "same-value" };
    expect(await keyOf(withToken, { environment }, { env })).not.toBe(
      await keyOf(other, { environment }, { env }),
    );
    const step = { ...withToken, ...key("stage", "k") };
    const [one, two] = ["account-1", "account-2"].map((account) =>
      keyOf(step, { environment: [{ ...secret, default: account }] }),
    );
    expect(await one).not.toBe(await two);
  });

  test.each(["the parameters' hash", "a key of the file"])(
    "under %s, for another value of the environment that is no secret",
    async (how) => {
      const step = {
        ...post,
        url: "${env:BASE}/a",
        ...(how === "a key of the file" && key("stage", "k")),
      };
      const [one, same, two] = await Promise.all(
        ["https://x.test", "https://x.test", "https://y.test"].map((BASE) =>
          keyOf(step, { environment: ["BASE"] }, { env: { BASE } }),
        ),
      );
      expect(one).toBe(same);
      expect(one).not.toBe(two);
    },
  );
});
