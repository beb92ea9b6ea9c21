import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parse, stringify } from "yaml";
import * as z from "zod";
import { isObject, type Json, type JsonObject } from "../../lib/core/json.ts";
import { deletePath, writePath } from "../../lib/core/path.ts";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";
import { createProblemLog } from "../../lib/language/problem-log.ts";
import { readYaml } from "../../lib/language/read-yaml.ts";
import { workflowSchema } from "../../lib/language/schema/workflow-schema.ts";
import { stepTypes } from "../../lib/steps/registry.ts";
import { exampleSchema, workflowText } from "../support/example.ts";
import { fakeSteps } from "../support/fake-steps.ts";
import { schemaFaults } from "../support/schema-faults.ts";

const here = new URL("./", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, here), "utf8");
const yamlFiles = (folder: string) =>
  readdirSync(new URL(folder, here)).filter((name) => name.endsWith(".yaml") && !name.endsWith(".test.yaml"));

const examples = yamlFiles("../language").map((file) => ({
  file,
  cases: z
    .array(exampleSchema)
    .parse(parse(read(`../language/${file}`)))
    .map(({ name, given }) => ({ name, text: workflowText(given) })),
}));

describe("the schema accepts what the loader accepts", () => {
  test.each(yamlFiles("../../workflows"))("the shipped file %s", (name) => {
    expect(schemaFaults(read(`../../workflows/${name}`), stepTypes)).toEqual([]);
  });

  test.each(examples)("every case of $file", ({ cases }) => {
    const refused = cases.map(({ name, text }) => [name, ...schemaFaults(text, stepTypes)]);
    expect(refused.filter(({ length }) => length > 1)).toEqual([]);
  });

  test("the cases with one value changed or taken away", () => {
    const files: readonly Json[] = [
      ...examples.flatMap(({ cases }) => cases.map(({ text }) => parse(text))),
      ...VERIFIED.map((verify) => ({ input: { type: "http_webhook", verify }, steps: [] })),
    ];
    const value = fc.oneof(
      fc.constantFrom<Json>(
        null,
        true,
        0,
        1.5,
        -1,
        12,
        "",
        "text",
        "7",
        "${a.b}",
        "${a} and ${b, 1}",
        "$${a}",
      ),
      fc.constantFrom<Json>([], ["a"], [1], {}, { a: 1 }, { field: "a", op: "exists" }, "GET", "get"),
    );
    fc.assert(
      fc.property(fc.constantFrom(...files), fc.nat(), fc.option(value), (file, pick, replacement) => {
        const places = placesIn(file);
        const place = places[pick % places.length] ?? [];
        const changed =
          replacement === null ? deletePath(file, place) : writePath(file as JsonObject, place, replacement);
        const text = stringify(changed, { aliasDuplicateObjects: false });
        const { workflow } = loadWorkflow(text, "flow.yaml");
        if (workflow) expect([text, ...schemaFaults(text, stepTypes)]).toEqual([text]);
      }),
      { numRuns: 2_000 },
    );
  });
});

/** Who may call, in the ways of saying it. */
const VERIFIED: readonly Json[] = [
  "stripe",
  { preset: "slack", secret: ["${env:A}", "${env:B}"], tolerance: 60 },
  {
    scheme: "hmac",
    secret: "${env:A}",
    algorithm: "sha1",
    signature: { header: ["x-sig", "x-sig-2"], encoding: "base64", separator: ",", field: "v1" },
    signed: "${timestamp}.${id}.${body}",
    timestamp: { field: "t", tolerance: 60 },
    id: { query: "id" },
  },
  { scheme: "standard_webhooks", secret: "${env:A}", header_prefix: "svix-" },
  { scheme: "ecdsa", public_key: "${env:A}", signature: { body_path: "sig" }, signed: "${json.id}" },
  { scheme: "basic", username: "me", password: "${env:A}" },
  { scheme: "header", header: "x-token", value: ["${env:A}"] },
  { scheme: "jwt", key: "${env:A}", algorithms: ["RS256"], audience: "me" },
];

/** The path of every value inside another. */
function placesIn(value: Json): readonly (readonly string[])[] {
  const parts = Array.isArray(value) || isObject(value) ? Object.entries(value) : [];
  return parts.flatMap(([key, inner]) => [[key], ...placesIn(inner as Json).map((rest) => [key, ...rest])]);
}

/** Faults of test/loader/broken-files.yaml that lie in the meaning of a text or between two places, by what they are about. */
const LEFT_TO_THE_LOADER: { readonly [about: string]: readonly string[] } = {
  "names that must differ, or go together": [
    "a name that is declared twice",
    "an id twice",
    "an id that is the default of another step",
    "two targets",
    "a file name that cannot serve",
  ],
  "paths, targets and names of variables": [
    "a bad path of a path parameter",
    "a path of input_from that is none",
    "a target that is no path",
    "bad names of a loop variable",
    "error as a target in on_failure",
    "prototypes as targets",
    "reserved names as targets",
  ],
  "what stands inside a placeholder": [
    "a bad template in output",
    "a default that is a list or a mapping",
    "a placeholder as the default of another one",
    "a placeholder that is no path",
    "a key of dedupe that is no template",
    "a key of a rate that is no template",
    "a template deep inside",
    "a template in a condition",
    "an environment name that is none",
    "an unclosed placeholder",
  ],
  "what one key says of another, and of a file": [
    "dedupe without a key, where no preset knows one",
    "dedupe for longer than runs are kept",
    "a schema in a file that is not there",
  ],
  "limits that do not go together": [
    "a debounce that must end before it has begun",
    "a rate that queues what a debounce puts off",
    "a sender that is to wait for what a debounce puts off",
    "deliveries that share a run and are debounced too",
    "a sender that is to wait for a batch",
  ],
  "schedules and time zones": [
    "a misspelt time zone",
    "an offset as a time zone",
    "cron on a day that never comes",
    "cron with a range upside down",
    "cron with a step of zero",
    "cron with an hour that is none",
    "cron with six fields",
  ],
  "where events come from": [
    "a queue named by a secret",
    "a pattern with a field that events do not have",
    "a pattern whose values are no lists",
    "an empty pattern",
  ],
  "signatures that nobody can make, or everybody": [
    "a base URL where none is signed",
    "a signature inside what it signs",
    "a signature that stands nowhere",
    "a time beside a signature that is no list of fields",
    "a time that is not signed",
    "a time that stands in two places",
    "a tolerance where no time is signed",
    "signed text of an unnamed header",
    "signed text that is always the same",
    "signed text that no request has",
    "signed text with an unclosed placeholder",
    "tokens of a secret and of a public key at once",
  ],
  "languages inside the language": ["a pattern that does not run in linear time"],
  "what a step type checks beyond the form of its parameters": ["a check of the step itself"],
};

interface Row {
  readonly says: string;
  readonly file: string;
  readonly problems: readonly { readonly error?: string }[];
}

describe("the schema rejects what the loader rejects", () => {
  const rows: readonly Row[] = parse(read("broken-files.yaml"));
  const readable = rows.filter(({ file }) => {
    const problems = createProblemLog(file, "flow.yaml");
    return readYaml(file, problems) !== undefined && problems.errorCount() === 0;
  });
  const left = Object.values(LEFT_TO_THE_LOADER).flat();

  test.each(readable.filter(({ says }) => !left.includes(says)))("$says", ({ file, problems }) => {
    const refused = problems.some(({ error }) => error !== undefined);
    expect(schemaFaults(file, fakeSteps).length > 0).toBe(refused);
  });

  test.each(left)("it leaves to the loader: %s", (name) => {
    const row = rows.find(({ says }) => says === name);
    expect(schemaFaults(row?.file ?? "", fakeSteps)).toEqual([]);
  });
});

describe("the schema explains itself", () => {
  test("every key has a sentence", () => {
    const { definitions, ...top } = workflowSchema(stepTypes);
    const { json_schema: _foreign, ...own } = definitions as JsonObject;
    expect(keysWithoutSentence({ ...top, definitions: own })).toEqual([]);
  });

  test("a sentence names the default", () => {
    const { definitions } = workflowSchema(stepTypes) as { definitions: { [name: string]: JsonObject } };
    expect(definitions.step_http_call).toMatchObject({
      properties: {
        method: { description: "The HTTP method. Default: GET." },
        timeout: { markdownDescription: "Seconds for one attempt. Default: `30`." },
        output_to: { markdownDescription: "Path that the result is written to. Default: `http`." },
      },
    });
  });
});

function keysWithoutSentence(schema: Json, at = ""): readonly string[] {
  if (Array.isArray(schema)) return schema.flatMap((one: Json) => keysWithoutSentence(one, at));
  if (!isObject(schema)) return [];
  return Object.entries(schema).flatMap(([keyword, inner]) => {
    if (keyword !== "properties" || !isObject(inner)) return keysWithoutSentence(inner, `${at}/${keyword}`);
    return Object.entries(inner).flatMap(([name, property]) => {
      const place = `${at}/${name}`;
      const known =
        isObject(property) && (typeof property.description === "string" || property.$ref !== undefined);
      // These look at keys that are described elsewhere.
      const judged = /\/(?:if|oneOf)$/.test(at);
      return [...(known || judged ? [] : [place]), ...keysWithoutSentence(property, place)];
    });
  });
}
