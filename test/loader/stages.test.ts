import { readFileSync } from "node:fs";
import { Validator } from "@cfworker/json-schema";
import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { stageOf } from "../../lib/build/read-stages.ts";
import { loadStages } from "../../lib/language/load-stages.ts";

const said = (text: string): readonly string[] =>
  loadStages(text, "stages.yaml").problems.map(
    ({ line, column, message, hint }) =>
      `${line}:${column} ${message}${hint === undefined ? "" : ` | ${hint}`}`,
  );

const ACL = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/ours/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f";
const certificateIn = (region: string) =>
  `arn:aws:acm:${region}:123456789012:certificate/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f`;

test("a stage says what differs, the rest is as usual", () => {
  const { stages, problems } = loadStages(
    "stages:\n  prod: { region: eu-west-1, runner: { concurrency: 3 } }\n",
    "f",
  );
  expect(problems).toEqual([]);
  expect(stages?.prod).toMatchObject({
    region: "eu-west-1",
    log_level: "INFO",
    runner: { concurrency: 3, memory_mb: 1769, timeout_seconds: 900 },
    environment: {},
  });
});

describe("a fault is told with its place", () => {
  test.each([
    ["", "1:1 the file is empty, expected stages | start with the key stages"],
    ["stages: {}\n", "1:9 stages: name at least one stage, e.g. dev: {}"],
    ["stage: {}\n", '1:1 unknown key "stage" | did you mean "stages"?'],
    ["stages:\n  prod: { regoin: eu-west-1 }\n", '2:11 unknown key "regoin" | did you mean "region"?'],
    [
      "stages:\n  prod:\n    runner: { memory: 2000 }\n",
      '3:15 unknown key "memory" | did you mean "memory_mb"?',
    ],
    [
      "stages:\n  prod:\n    account: 123456789012\n",
      '3:14 stages.prod.account: found the number 123456789012, expected text | put it in quotes: "123456789012"',
    ],
    [
      'stages:\n  prod:\n    account: "1234"\n',
      '3:14 stages.prod.account: write the 12 digits in quotes (found the text "1234")',
    ],
    [
      "stages:\n  prod: { runner: { memory_mb: 128 } }\n",
      "2:32 stages.prod.runner.memory_mb: found the number 128, expected at least 1769",
    ],
    [
      "stages:\n  prod: { canary: { percent: 100 } }\n",
      "2:30 stages.prod.canary.percent: found the number 100, expected at most 99",
    ],
    [
      "stages:\n  prod: { canary: never }\n",
      '2:19 stages.prod.canary: found the text "never", expected all_at_once or a mapping',
    ],
    [
      "stages:\n  prod: { domain: { name: https://a.example } }\n",
      '2:27 stages.prod.domain.name: write a domain name, e.g. hooks.example.com (found the text "https://a.example")',
    ],
    [
      "stages:\n  prod: { vpc: { subnets: [vpc-1], security_groups: [sg-01234567] } }\n",
      '2:28 stages.prod.vpc.subnets.0: write an id such as subnet-0123456789abcdef0 (found the text "vpc-1")',
    ],
    [
      "stages:\n  prod: { console: { oidc: { issuer: 'http://id.example', client_id: a, read: { groups: [b] } } } }\n",
      `2:38 stages.prod.console.oidc.issuer: write the provider's issuer, an https URL (found the text "http://id.example")`,
    ],
    [
      "stages:\n  prod: { console: { oidc: { issuer: 'https://id.example', client_id: a } } }\n",
      "2:28 stages.prod.console.oidc: say who may look (`read`) or act (`act`)",
    ],
    [
      "stages:\n  prod: { console: { oidc: { issuer: 'https://id.example', client_id: a, act: {} } } }\n",
      "2:79 stages.prod.console.oidc.act: name at least one claim and its values, or leave the key out",
    ],
    [
      "stages:\n  prod: { console: { oidc: { issuer: 'https://id.example', client_id: a, act: { groups: b } } } }\n",
      '2:89 stages.prod.console.oidc.act.groups: found the text "b", expected a list | write a list: ["b"]',
    ],
    [
      "stages:\n  prod: { waf: 'arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/a/0a1b2c3d-0000-4000-8000-0a1b2c3d4e5f' }\n",
      '2:16 stages.prod.waf: write the ARN of a web ACL for CloudFront: arn:aws:wafv2:us-east-1:ACCOUNT:global/webacl/NAME/ID (found the text "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/...)',
    ],
    [
      `stages:\n  prod:\n    waf: ${ACL}\n    domain: { name: a.example, certificate: ${certificateIn("eu-central-1")} }\n`,
      "4:45 stages.prod.domain.certificate: the certificate is one of eu-central-1: name one of us-east-1, where CloudFront looks for it, with `waf`",
    ],
    [
      `stages:\n  prod:\n    account: "210987654321"\n    waf: ${ACL}\n`,
      "4:10 stages.prod.waf: the web ACL is one of account 123456789012: name one of 210987654321, the stage's own",
    ],
    [
      `stages:\n  prod:\n    region: eu-central-1\n    domain: { name: a.example, certificate: ${certificateIn("us-east-1")} }\n`,
      "4:45 stages.prod.domain.certificate: the certificate is one of us-east-1: name one of eu-central-1, the stage's region",
    ],
    [
      "stages:\n  Prod: {}\n",
      "2:3 stages.Prod: the key is refused: write at most 32 lower-case letters, digits and dashes, a letter first",
    ],
    [
      "stages:\n  local: {}\n",
      '2:3 stages.local: the key is refused: "local" is the stage that npm start plays: give this one another name',
    ],
    [
      "stages:\n  dev: { environment: { AWS_REGION: x } }\n",
      "2:25 stages.dev.environment.AWS_REGION: the key is refused: this name is set by Lambda or by Hookline itself",
    ],
    [
      'stages:\n  dev: { private_hosts: ["https://crm.internal/"] }\n',
      '2:26 stages.dev.private_hosts.0: write a host name without scheme, port and path, e.g. crm.internal (found the text "https://crm.internal/")',
    ],
  ])("%j", (text, sentence) => {
    expect(said(text)).toContain(sentence);
  });
});

test("an issuer that is no URL at all is told once", () => {
  const oidc = "{ issuer: id.example, client_id: a, read: { groups: [b] } }";
  expect(said(`stages: { dev: { console: { oidc: ${oidc} } } }`)).toHaveLength(1);
});

test("rules that would not fit into a function's environment are refused", () => {
  const people = Array.from({ length: 100 }, (_, at) => `person-${at}@example.com`).join(", ");
  const oidc = `{ issuer: "https://id.example", client_id: a, read: { email: [${people}] } }`;
  expect(said(`stages: { dev: { console: { oidc: ${oidc} } } }`)).toEqual([
    "1:35 stages.dev.console.oidc: this is longer than 2000 characters as JSON: name groups rather than people",
  ]);
});

test("names that belong to Lambda or to the functions cannot be given a value", () => {
  for (const name of ["AWS_REGION", "LAMBDA_TASK_ROOT", "HOOKLINE_STAGE", "_HANDLER", "NODE_OPTIONS", "TZ"])
    expect(said(`stages: { dev: { environment: { ${name}: x } } }`)).toHaveLength(1);
  expect(said("stages: { dev: { environment: { TZ_OF_SHOP: x } } }")).toEqual([]);
});

test("the schema for editors takes the file that is shipped, and no key that the loader refuses", () => {
  const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
  const validator = new Validator(JSON.parse(read("docs/stages.schema.json")), "7");
  expect(validator.validate(parse(read("stages.yaml"))).valid).toBe(true);
  expect(validator.validate({ stages: { prod: { regoin: "eu-west-1" } } }).valid).toBe(false);
  expect(validator.validate({ stages: { prod: { runner: { memory_mb: 128 } } } }).valid).toBe(false);
});

test("a stage that is not there is told with the nearest one", () => {
  const { stages = {} } = loadStages("stages: { dev: {}, prod: {} }", "stages.yaml");
  expect(() => stageOf(stages, "pord", "stages.yaml")).toThrow(
    'stages.yaml has no stage "pord": did you mean "prod"?',
  );
  expect(() => stageOf(stages, "constructor", "stages.yaml")).toThrow("known here: dev, prod");
});
