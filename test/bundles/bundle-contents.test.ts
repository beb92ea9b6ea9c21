import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { type Bundle, buildBundles, type FunctionName } from "../../lib/build/build-bundles.ts";
import { sizeTable } from "../../lib/build/size-table.ts";

let dir: string;
let bundles: readonly Bundle[];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "hookline-sizes-"));
  bundles = await buildBundles({ outDir: dir });
}, 30_000);

afterAll(() => rm(dir, { recursive: true }));

function bundle(name: FunctionName): Bundle {
  return bundles.find((one) => one.name === name) as Bundle;
}

test("ingest has at most 400 kB of code", () => {
  expect(bundle("ingest").totalBytes).toBeLessThanOrEqual(400_000);
});

test.each<FunctionName>(["ingest", "sweeper"])(
  "%s holds no YAML, jq, model, HTTP or regular expression library",
  (name) => {
    const foreign = /node_modules\/(?:yaml|jq-wasm|openai|undici|re2js)\/|^lib\/(?:language|engine|steps)\//;
    expect(bundle(name).inputs.filter((file) => foreign.test(file))).toEqual([]);
  },
);

test("no bundle searches for credentials: Lambda gives them in the environment", () => {
  const search = /credential-provider-(?!env)|client-sso|nested-clients/;
  expect(bundles.flatMap(({ inputs }) => inputs.filter((file) => search.test(file)))).toEqual([]);
});

test("the runner reads the model client only when a workflow needs it", () => {
  const { startBytes, totalBytes, inputs } = bundle("runner");
  expect(inputs.some((file) => file.includes("node_modules/openai/"))).toBe(true);
  expect(totalBytes - startBytes).toBeGreaterThan(300_000);
});

test("the runner has jq and its worker beside it; no bundle has YAML", async () => {
  expect(await readdir(bundle("runner").dir)).toEqual(
    expect.arrayContaining(["index.mjs", "jq-worker.mjs", "jq.wasm"]),
  );
  expect(
    bundles.flatMap(({ inputs }) => inputs.filter((file) => file.includes("node_modules/yaml/"))),
  ).toEqual([]);
});

test("the table of sizes has a line for each function", () => {
  const [head, ...lines] = sizeTable([
    { name: "ingest", dir: "", startBytes: 371_400, totalBytes: 385_000, inputs: [] },
    { name: "runner", dir: "", startBytes: 873_000, totalBytes: 1_364_499, inputs: [] },
  ]).split("\n");
  expect(head?.split(/\s{2,}/)).toEqual(["bundle", "read at start", "all code"]);
  expect(lines.map((line) => line.split(/\s{2,}/))).toEqual([
    ["ingest", "371 kB", "385 kB"],
    ["runner", "873 kB", "1364 kB"],
  ]);
});
