import { existsSync, readdirSync, readFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import * as z from "zod";
import { createJq } from "../../lib/adapters/jq/jq-worker-pool.ts";
import { jsonEquals, parseJson } from "../../lib/core/json.ts";
import { type OfficialCase, readOfficialCases } from "./official-cases.ts";

const TESTED_VERSION = "1.8.2";
const LEAST_SHARE = 0.97;

const folder = new URL("../../node_modules/.cache/jq-tests/", import.meta.url);
const version = existsSync(folder) ? readdirSync(folder).sort().at(-1) : undefined;
const exceptions = z
  .array(z.strictObject({ reason: z.string(), counts: z.boolean(), programs: z.array(z.string()) }))
  .parse(parse(readFileSync(new URL("official-exceptions.yaml", import.meta.url), "utf8")));
const senseless = new Set(exceptions.filter(({ counts }) => !counts).flatMap(({ programs }) => programs));

const jq = createJq();
afterAll(() => jq.close());

const evaluate = (program: string, input: string) =>
  jq.run({
    runId: "r",
    program,
    input: parseJson(input.replace(/^\ufeff/, "")),
    bindings: {},
    now: Date.now(),
    timeoutMs: 20_000,
  });

async function passes({ program, input, expected, checksMessage }: OfficialCase): Promise<boolean> {
  const outcome = await evaluate(program, input ?? "null");
  if (input === undefined) {
    const message = "error" in outcome ? outcome.error.message.replace(/\njq: \d+ compile errors?$/, "") : "";
    return message !== "" && (!checksMessage || lines(message) === lines(expected.join("\n")));
  }
  // jq's own harness asks for one result after another, and for no more when the last one is followed by an error.
  const results =
    "error" in outcome ? await evaluate(`[limit(${expected.length}; ${program})][]`, input) : outcome;
  return "results" in results && jsonEquals(results.results, expected.map(parseJson));
}

const lines = (text: string) => text.trimEnd().replaceAll(/ +\n/g, "\n");

const describeWhenThere = version === undefined ? describe.skip : describe;

describeWhenThere(
  `the jq project's own tests (${version ?? "test/jq/get-official-tests.sh gets them"})`,
  () => {
    const failed: string[] = [];
    let counted = 0;

    beforeAll(async () => {
      const from = new URL(`${version}/`, folder);
      for (const name of readdirSync(from).filter((file) => file.endsWith(".test")))
        for (const one of readOfficialCases(name, readFileSync(new URL(name, from), "utf8"))) {
          const passed = await passes(one).catch((fault) => {
            if (fault instanceof SyntaxError) return false;
            throw fault;
          });
          if (!passed) failed.push(one.program);
          if (!senseless.has(one.program)) counted += 1;
        }
    }, 120_000);

    test("at least 97 % pass of those that make sense without files, modules and an environment", () => {
      const failures = failed.filter((program) => !senseless.has(program)).length;
      expect(counted).toBeGreaterThan(800);
      expect((counted - failures) / counted).toBeGreaterThanOrEqual(LEAST_SHARE);
    });

    (version === TESTED_VERSION ? test : test.skip)("those that fail are those that are listed", () => {
      expect(failed.sort()).toEqual(exceptions.flatMap(({ programs }) => programs).sort());
    });
  },
);

test("the documentation lists every one that fails, with its reason", () => {
  const page = readFileSync(new URL("../../docs/jq.md", import.meta.url), "utf8");
  for (const { reason, programs } of exceptions) {
    expect(page).toContain(reason);
    for (const program of programs) expect(page).toContain(program);
  }
});
