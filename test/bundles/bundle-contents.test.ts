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
  bundles = await buildBundles({ outDir: dir, workflows: [{ input: { type: "http_webhook" } }] });
});

afterAll(() => rm(dir, { recursive: true }));

function bundle(name: FunctionName): Bundle {
  return bundles.find((one) => one.name === name) as Bundle;
}

test("ingest starts with at most 430 kB of code; all of it is at most 500 kB", () => {
  expect(bundle("ingest").startBytes).toBeLessThanOrEqual(430_000);
  expect(bundle("ingest").totalBytes).toBeLessThanOrEqual(500_000);
});

test("ingest has regular expressions where a filter asks for them, and reads them when one does", async () => {
  const filter = [{ not: { any: [{ field: "email", op: "matches" as const, value: "@example" }] } }];
  const outDir = join(dir, "with-patterns");
  const [built] = await buildBundles({
    outDir,
    functions: ["ingest"],
    workflows: [{ input: { type: "http_webhook", filter } }],
  });
  const ofPatterns = (file: string) => file.includes("/re2js/");
  expect(built?.inputs.some(ofPatterns)).toBe(true);
  expect(built?.startInputs.filter(ofPatterns)).toEqual([]);
  expect(bundle("ingest").inputs.filter(ofPatterns)).toEqual([]);
});

test.each<FunctionName>(["ingest", "inbox", "sweeper"])(
  "%s holds no YAML, jq, model or HTTP library",
  (name) => {
    const foreign =
      /node_modules\/(?:yaml|jq-wasm|openai|@anthropic-ai|@google|@pydantic|undici)\/|^lib\/language\//;
    expect(bundle(name).inputs.filter((file) => foreign.test(file))).toEqual([]);
  },
);

test("ingest loads what judges bodies and reads tokens when a workflow asks for it", () => {
  const seldom = /node_modules\/(?:@cfworker|re2js|jose)\/|^lib\/(?:steps|webhooks\/presets)\//;
  const { inputs, startInputs } = bundle("ingest");
  expect(inputs.some((file) => file.includes("/@cfworker/"))).toBe(true);
  expect(startInputs.filter((file) => seldom.test(file))).toEqual([]);
});

test("the inbox has what reads mails, and reads it only when one comes; the other bundles have none of it", () => {
  const readsMails = /node_modules\/(?:postal-mime|@aws-sdk\/client-s3)\//;
  expect(bundle("inbox").inputs.some((file) => readsMails.test(file))).toBe(true);
  const atStart = bundles.flatMap(({ name, inputs, startInputs }) =>
    name === "inbox" ? startInputs : inputs,
  );
  expect(atStart.filter((file) => readsMails.test(file))).toEqual([]);
});

test("no bundle searches for credentials: Lambda gives them in the environment", () => {
  const search = /credential-provider-(?!env)|client-sso|nested-clients/;
  expect(bundles.flatMap(({ inputs }) => inputs.filter((file) => search.test(file)))).toEqual([]);
});

test.each([
  "openai",
  "@anthropic-ai/sdk",
  "@google/genai",
  "@pydantic/genai-prices",
  "@cfworker/json-schema",
])("the runner has %s, and reads it only when a workflow needs it", (name) => {
  const { inputs, startInputs } = bundle("runner");
  const ofPackage = (file: string) => file.includes(`node_modules/${name}/`);
  expect(inputs.some(ofPackage)).toBe(true);
  expect(startInputs.filter(ofPackage)).toEqual([]);
});

test("the runner has none of Google's login library and sockets", () => {
  const { inputs } = bundle("runner");
  expect(inputs.filter((file) => /node_modules\/(?:google-auth-library|ws|protobufjs)\//.test(file))).toEqual(
    [],
  );
});

test("the runner has jq and Python with what they run in beside it", async () => {
  expect(await readdir(bundle("runner").dir)).toEqual(
    expect.arrayContaining(["index.mjs", "jq-worker.mjs", "jq.wasm"]),
  );
  expect(await readdir(join(bundle("runner").dir, "python"))).toEqual(
    expect.arrayContaining(["boot.py", "child.mjs", "pyodide.asm.wasm", "snapshot.bin"]),
  );
});

test("no bundle has YAML but the console's, which reads it when somebody asks for a workflow's check", () => {
  const ofYaml = (file: string) =>
    file.includes("node_modules/yaml/") || file.startsWith("lib/language/check/");
  const others = bundles.filter(({ name }) => name !== "console");
  expect(others.flatMap(({ inputs }) => inputs.filter(ofYaml))).toEqual([]);
  expect(bundle("console").inputs.some(ofYaml)).toBe(true);
  expect(bundle("console").startInputs.filter(ofYaml)).toEqual([]);
});

test("the runner fits into a Lambda function with room to spare; the others carry no files", () => {
  // 250 MB unzipped is the most that AWS takes.
  expect(bundle("runner").assetBytes).toBeGreaterThan(20_000_000);
  expect(bundle("runner").assetBytes).toBeLessThan(100_000_000);
  expect(bundle("ingest").assetBytes + bundle("inbox").assetBytes).toBe(0);
});

test("the table of sizes has a line for each function", () => {
  const [head, ...lines] = sizeTable([
    {
      name: "ingest",
      dir: "",
      startBytes: 371_400,
      totalBytes: 385_000,
      assetBytes: 0,
      inputs: [],
      startInputs: [],
    },
    {
      name: "runner",
      dir: "",
      startBytes: 873_000,
      totalBytes: 1_364_499,
      assetBytes: 54_000_000,
      inputs: [],
      startInputs: [],
    },
  ]).split("\n");
  expect(head?.split(/\s{2,}/)).toEqual(["bundle", "read at start", "all code", "files beside"]);
  expect(lines.map((line) => line.split(/\s{2,}/))).toEqual([
    ["ingest", "371 kB", "385 kB", "0 kB"],
    ["runner", "873 kB", "1364 kB", "54000 kB"],
  ]);
});
