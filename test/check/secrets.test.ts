import { describe, expect, test } from "@jest/globals";
import { checkWorkflow } from "../../lib/language/check/check-workflow.ts";
import { findSecrets, withoutSecret } from "../../lib/language/check/secrets/find-secrets.ts";
import { formatProblem } from "../../lib/language/problem.ts";

/** Made up, and put together here, so that nobody's scanner takes this file for a leak. */
const made = (prefix: string, characters: number) =>
  prefix + "Ab3kZ9qLw7RtY2mXc8Vn5Jh4Gf6Ds1Pe0Uo".repeat(4).slice(0, characters);
const hex = (prefix: string, characters: number) =>
  prefix + "3f786850e387550fdab836ed7e6dc881".repeat(2).slice(0, characters);
const upper = (prefix: string, characters: number) => prefix + "Q7RT2MXC8VN5JH4GF6DS".slice(0, characters);
const line = "-".repeat(5);

const SECRETS: readonly (readonly [kind: string, text: string])[] = [
  ["an API key of OpenAI", made("sk-proj-", 48)],
  ["an API key of Anthropic", made("sk-ant-api03-", 80)],
  ["an API key of Google", made("AIza", 35)],
  ["a client secret of Google", made("GOCSPX-", 28)],
  ["an access key of AWS", upper("AKIA", 16)],
  ["a token of GitHub", made("ghp_", 36)],
  ["a token of GitHub", made("github_pat_", 60)],
  ["a token of GitLab", made("glpat-", 20)],
  ["a token of Slack", made("xoxb-", 40)],
  [
    "a webhook of Slack",
    made("https://hooks.slack.com/services/T0000/B0000/", 24).replaceAll("0000", "12AB"),
  ],
  ["a webhook of Teams", made("https://acme.webhook.office.com/webhookb2/", 60)],
  ["a webhook of Discord", made("https://discord.com/api/webhooks/123456789/", 60)],
  ["a key of Stripe", made("sk_live_", 24)],
  ["a key of Stripe", made("whsec_", 32)],
  ["an API key of SendGrid", `${made("SG.", 22)}.${made("", 43)}`],
  ["an API key of Twilio", hex("SK", 32)],
  ["an API key of Mailgun", hex("key-", 32)],
  ["a session of Salesforce", `${made("00D", 15)}!${made("AQ", 60)}`],
  ["a token of Shopify", hex("shpat_", 32)],
  ["a token of npm", made("npm_", 36)],
  ["a token of Hugging Face", made("hf_", 34)],
  ["an account key of Azure", `AccountKey=${made("", 86)}==`],
  ["a JSON Web Token", `${made("eyJ", 20)}.${made("eyJ", 40)}.${made("", 30)}`],
  ["a bearer token", made("Bearer ", 40)],
  ["basic credentials", made("Basic ", 28)],
  ["a password in a URL", "postgres://app:s3cr3t-pw-4711-0815@db"],
  [
    "a private key",
    `${line}BEGIN RSA PRIVATE KEY${line}\n${made("MII", 60)}\n${line}END RSA PRIVATE KEY${line}`,
  ],
];

const flow = (value: string) =>
  `steps:\n  - { type: print, text: hello }\n# ${value.replaceAll("\n", "\n# ")}\n`;

describe("a known kind of secret is found wherever it stands, and never shown", () => {
  test.each(SECRETS)("%s", async (kind, secret) => {
    expect(findSecrets(secret).map((found) => found.kind)).toEqual([kind]);
    const { problems } = await checkWorkflow(flow(secret), "flow.yaml");
    const found = problems.filter(({ id }) => id === "literal-secret");
    expect(found).toMatchObject([{ severity: "error", line: 3 }]);
    expect(found[0]?.message).toContain(kind);
    expect(JSON.stringify(problems)).not.toContain(secret.slice(-12));
  });
});

describe("what callers are known by is a secret whatever it looks like", () => {
  const found = async (verify: string) => {
    const text = `input: { type: http_webhook, verify: ${verify} }\nsteps: []\n`;
    const { problems } = await checkWorkflow(text, "flow.yaml");
    return problems.filter(({ id }) => id === "literal-secret").map(({ column }) => column);
  };

  test.each([
    ["a secret", "{ preset: github, secret: swordfish }", [64]],
    ["one of several", '{ preset: github, secret: ["${env:A}", swordfish] }', [77]],
    ["a placeholder's default", '{ preset: github, secret: "${env:A, swordfish}" }', [64]],
    ["a password", "{ scheme: basic, username: me, password: swordfish }", [79]],
    ["a token", "{ scheme: bearer, token: swordfish }", [63]],
    ["a header's value", "{ scheme: header, header: x-token, value: swordfish }", [80]],
    ["the key of a token", "{ scheme: jwt, key: swordfish, algorithms: [HS256] }", [58]],
  ])("%s", async (_what, verify, columns) => expect(await found(verify)).toEqual(columns));

  test.each([
    ["a name of the environment", '{ preset: github, secret: "${env:A}" }'],
    ["a name with an empty default", '{ preset: github, secret: ["${env:A}", "${env:B, \'\'}"] }'],
    ["a public key", `{ scheme: ed25519, public_key: ${hex("", 64)}, signature: { header: x-sig } }`],
    ["the public key of a token", '{ scheme: jwt, key: "-----BEGIN PUBLIC KEY-----", algorithms: [RS256] }'],
  ])("but not %s", async (_what, verify) => expect(await found(verify)).toEqual([]));
});

describe("a secret is known", () => {
  const found = async (text: string) => {
    const { problems } = await checkWorkflow(`steps: []\noutput:\n  ${text}\n`, "flow.yaml");
    return problems
      .filter(({ id }) => id === "literal-secret")
      .map(({ line, column }) => `${line}:${column}`);
  };
  test.each([
    ["by the name of its key", 'password: "hunter2-and-more"', "3:13"],
    ["by the name of a header", 'x-api-key: "12345-67890-12"', "3:14"],
    ["by looking random", `value: ${made("", 40)}`, "3:10"],
    ["inside longer text", `value: "id ${made("", 40)}"`, "3:14"],
  ])("%s", async (_says, text, at) => {
    expect(await found(text)).toEqual([at]);
  });

  test.each([
    ["a placeholder", "password: ${env:PASSWORD}"],
    ["a word that describes it", "password: required"],
    ["a sample", 'api_key: "your-api-key-123"'],
    ["a UUID", "token_id: 123e4567-e89b-12d3-a456-426614174000"],
    ["a hash", "commit: 3f786850e387550fdab836ed7e6dc881de23001b"],
    ["an id of Salesforce", "record: 0015g00000abcdEFGH"],
    ["an identifier", "value: ThisIsAVeryLongIdentifierInCamelCase01"],
    ["a path of a URL", `url: https://docs.example.com/d/${made("", 44)}/edit`],
    ["a page token that is templated", 'page_token: "next-${page_number}"'],
  ])("not by %s", async (_says, text) => {
    expect(await found(text)).toEqual([]);
  });

  test("by its declaration, whose default it is", async () => {
    const text =
      "environment:\n  - { name: PIN, secret: true, default: four-words-and-a-number }\nsteps: []\n";
    const { problems } = await checkWorkflow(text, "flow.yaml");
    expect(problems.filter(({ id }) => id === "literal-secret")).toMatchObject([{ line: 2, column: 41 }]);
  });
});

describe("no problem shows a secret", () => {
  const key = made("sk-proj-", 60);

  test("that stands on the line above or below it", async () => {
    const text = `steps:\n  - type: http_call\n    url: https://a.example\n    headers: { x: ${key} }\n    retires: 3\n`;
    const { problems } = await checkWorkflow(text, "flow.yaml");
    expect(problems.map(({ id }) => id)).toEqual(["literal-secret", "unknown-key"]);
    const shown = problems.map(formatProblem).join("\n");
    expect(shown).not.toContain(key.slice(6, 20));
    expect(shown).toContain("sk-p*");
  });

  test("that is the value of which it complains, also when the message cuts it", async () => {
    const { problems } = await checkWorkflow(`steps: ${key}\n`, "flow.yaml");
    expect(problems.map(({ id }) => id)).toEqual(["wrong-type", "literal-secret"]);
    expect(JSON.stringify(problems)).not.toContain(key.slice(6, 20));
  });

  test("that only its key's name gives away", async () => {
    const text =
      'steps:\n  - type: http_call\n    url: https://a.example\n    query: { password: "correct-horse-9" }\n';
    const { problems } = await checkWorkflow(text, "flow.yaml");
    expect(problems.map(({ id }) => id)).toContain("literal-secret");
    expect(JSON.stringify(problems)).not.toContain("horse");
  });

  test("however long a text is that could hold one, finding takes no time", () => {
    for (const piece of ["a.", "eyJ", "sk-", "SG.", "-----BEGIN ", "a://a:", "Bearer ", "xoxb-"]) {
      const started = performance.now();
      findSecrets(piece.repeat(200_000));
      expect(performance.now() - started).toBeLessThan(2_000);
    }
  });

  test("words keep what is no secret", () => {
    expect(withoutSecret(`found ${key}, and ${key.slice(0, 30)}...`, key)).toBe(
      "found sk-p***, and sk-p***...",
    );
  });
});
