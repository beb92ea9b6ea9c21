import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import type { WebhookAnswer } from "../../lib/app/webhook-answer.ts";
import type { Verification } from "../../lib/core/verification.ts";
import { presets } from "../../lib/webhooks/presets.ts";
import { verifyDelivery } from "../../lib/webhooks/verify-delivery.ts";
import { compiled } from "../support/engine-run.ts";
import { createWorld, runIdOf } from "../support/world.ts";
import { NOW_SECONDS, requestOf } from "./judge.ts";
import type { SignedDelivery, Vector } from "./vectors/vector.ts";

const vectors = JSON.parse(
  readFileSync(new URL("vectors/vectors.json", import.meta.url), "utf8"),
) as readonly Vector[];

/** What a service's signature cannot tell; everything that is not here, it must. */
const CANNOT_TELL: { readonly [preset: string]: readonly ("body" | "time" | "form")[] } = {
  // Tokens that travel as they are, and signatures over some fields of the body only.
  gitlab: ["body", "time"],
  mailgun: ["body"],
  adyen: ["body", "time"],
  // The fields of a form are signed, not how it is written.
  twilio: ["form", "time"],
  // No time is signed.
  ...Object.fromEntries(
    [
      ...[
        "github",
        "bitbucket",
        "shopify",
        "square",
        "intercom",
        "typeform",
        "jira",
        "notion",
        "airtable",
        "asana",
      ],
      ...["meta", "docusign", "dropbox", "pagerduty", "sentry"],
    ].map((name) => [name, ["time"] as const]),
  ),
};

/** Of bodies that are signed in part, what is signed. */
const SIGNED_VALUES: { readonly [preset: string]: readonly string[] } = {
  adyen: ["7914073381342284", "TestMerchant", "TestPayment:1407", "1130", "EUR", "AUTHORISATION", "true"],
  mailgun: [String(NOW_SECONDS), "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0"],
};

interface Call {
  readonly delivery: Pick<SignedDelivery, "rawQuery" | "headers"> & { readonly body: string | Uint8Array };
  readonly secrets?: readonly string[];
  /** Seconds from the time of signing. */
  readonly after?: number;
}

const rules = new Map<string, Verification>();

function ruleOf(preset: string): Verification {
  const known = rules.get(preset);
  if (known) return known;
  const { input } = compiled({
    input: { type: "http_webhook", verify: { preset, secret: ["${env:FIRST}", "${env:SECOND, ''}"] } },
    steps: [],
  });
  if (input.type !== "http_webhook" || !input.verify) throw new Error(`no rule for ${preset}`);
  rules.set(preset, input.verify);
  return input.verify;
}

async function judge({ preset, secrets: [right] }: Vector, { delivery, secrets = [right], after = 0 }: Call) {
  const [FIRST, SECOND = ""] = secrets;
  const { kind, ...refusal } = await verifyDelivery(ruleOf(preset), requestOf(delivery), {
    now: (NOW_SECONDS + after) * 1000,
    env: (name) => ({ FIRST, SECOND })[name],
  });
  return "status" in refusal ? `${refusal.status} ${refusal.reason}` : kind;
}

function isUnsignedHeader(dedupeKey = ""): boolean {
  return /^\$\{request\.headers\.[\w-]+\}$/.test(dedupeKey);
}

/** The headers without which nothing can be verified. */
function signingHeaders(rule: Verification): readonly string[] {
  if (rule.scheme === "header") return [rule.header];
  if (!("signature" in rule)) return [];
  const places = [rule.signature.place, rule.timestamp?.place, rule.id].filter((one) => one !== undefined);
  return places.flatMap((place) => ("headers" in place ? place.headers.slice(0, 1) : []));
}

function withSignature({ rawQuery, headers, body, signature }: SignedDelivery, text: string) {
  return {
    ...(rawQuery !== undefined && { rawQuery }),
    headers: Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [name, value.replace(signature, () => text)]),
    ),
    body: body.replace(signature, () => text),
  };
}

describe("a delivery that comes again, signed anew", () => {
  // The others sign the URL, which is another one in a stage.
  const here = vectors.filter(({ preset }) => {
    const rule = ruleOf(preset);
    return !("signed" in rule) || !/\burl\b|_url\b/.test(rule.signed);
  });

  test.each(here.map((vector) => [vector.name, vector] as const))(
    "of %s is the run that it was",
    async (_name, vector) => {
      const [FIRST, SECOND] = vector.secrets;
      const world = createWorld({
        file: {
          input: {
            type: "http_webhook",
            verify: { preset: vector.preset, secret: ["${env:FIRST}", "${env:SECOND}"] },
          },
          steps: [],
        },
        secrets: { FIRST, SECOND },
      });
      world.clock.advance(NOW_SECONDS * 1000 - world.clock.now());
      const [one, other] = await Promise.all(
        vector.deliveries.map(({ headers, body }) => world.post(null, { headers, body: Buffer.from(body) })),
      );
      expect(one).toMatchObject({ status: 202 });
      const known = presets.get(vector.preset)?.dedupeKey !== undefined;
      expect(one?.body).toMatchObject({ dedupe: known ? "new" : "off" });
      expect(other).toMatchObject({ status: 202, body: { dedupe: known ? "duplicate" : "off" } });
      expect(runIdOf(one as WebhookAnswer) === runIdOf(other as WebhookAnswer)).toBe(known);
    },
  );
});

test("every preset has a vector that was made by something else", () => {
  expect([...new Set(vectors.map(({ preset }) => preset))].sort()).toEqual([...presets.keys()].sort());
});

describe.each(vectors.map((vector) => [vector.name, vector] as const))("%s", (_name, vector) => {
  const [first, second] = vector.deliveries;
  const [firstSecret, secondSecret] = vector.secrets;
  const preset = presets.get(vector.preset);
  const rule = ruleOf(vector.preset);
  const blind = CANNOT_TELL[vector.preset] ?? [];
  const isJson = first.headers["content-type"] === "application/json";
  const isToken = rule.scheme === "header";
  const wrong = isToken ? "401 credential_wrong" : "401 signature_wrong";

  test(`verifies what was signed by ${vector.made_by}`, async () => {
    expect(await judge(vector, { delivery: first })).toBe("verified");
  });

  test("both secrets work while they are changed, and only those", async () => {
    for (const secrets of [vector.secrets, [secondSecret, firstSecret]])
      for (const delivery of vector.deliveries)
        expect(await judge(vector, { delivery, secrets })).toBe("verified");
    expect(await judge(vector, { delivery: second, secrets: [secondSecret] })).toBe("verified");
  });

  test("a wrong secret is refused", async () => {
    expect(await judge(vector, { delivery: first, secrets: [secondSecret] })).toBe(wrong);
    expect(await judge(vector, { delivery: second })).toBe(wrong);
  });

  test(
    blind.includes("body") ? "another body is not noticed" : "one byte changed, whichever it is, is refused",
    async () => {
      const bytes = Buffer.from(first.body);
      const accepted = [];
      for (const at of bytes.keys()) {
        const body = Uint8Array.from(bytes);
        body[at] = (body[at] as number) ^ 1;
        const verdict = await judge(vector, { delivery: { ...first, body } });
        expect(verdict).toMatch(/^verified$|^40[01] /);
        if (verdict === "verified") accepted.push(Buffer.from(body).toString());
      }
      if (blind.includes("body")) expect(accepted).not.toEqual([]);
      else expect(accepted).toEqual([]);
    },
  );

  test(
    blind.includes("body") || !isJson
      ? "a body that was written anew is not noticed"
      : "a body that was written anew is refused",
    async () => {
      const anew = isJson
        ? JSON.stringify(JSON.parse(first.body))
        : new URLSearchParams(first.body).toString();
      expect(anew).not.toBe(first.body);
      const verdict = await judge(vector, { delivery: { ...first, body: anew } });
      const { rawQuery } = first;
      if (blind.includes("body") || !isJson) expect(verdict).toBe("verified");
      else expect(verdict).toBe(rawQuery === undefined ? wrong : "401 body_hash_wrong");
    },
  );

  test(
    blind.includes("time")
      ? "when it was signed is not noticed"
      : "signed too long ago or in the future is refused",
    async () => {
      const tolerance = "timestamp" in rule ? (rule.timestamp?.toleranceSeconds ?? 0) : 0;
      const verdicts = await Promise.all(
        [tolerance, tolerance + 1, -tolerance, -tolerance - 1].map((after) =>
          judge(vector, { delivery: first, after }),
        ),
      );
      if (blind.includes("time")) expect(verdicts).toEqual(Array(4).fill("verified"));
      else expect(verdicts).toEqual(["verified", "401 timestamp_stale", "verified", "401 timestamp_future"]);
    },
  );

  test("what is signed of a body that is not signed as a whole cannot be changed", async () => {
    for (const value of SIGNED_VALUES[vector.preset] ?? []) {
      expect(first.body).toContain(value);
      for (const at of value.split("").keys()) {
        const changed =
          value.slice(0, at) + String.fromCharCode(value.charCodeAt(at) ^ 1) + value.slice(at + 1);
        const body = first.body.replace(value, changed);
        expect(await judge(vector, { delivery: { ...first, body } })).toMatch(/^40[01] /);
      }
    }
  });

  test("without any of what it is verified by, it is refused", async () => {
    for (const name of signingHeaders(rule)) {
      const { [name]: removed, ...headers } = first.headers;
      expect(removed).toBeDefined();
      expect(await judge(vector, { delivery: { ...first, headers } })).toMatch(/^401 \w+_missing$/);
    }
    const unnamed = first.body.replace(/"(?:hmacSignature|signature)": "/, '"other": "');
    if (signingHeaders(rule).length === 0) {
      expect(unnamed).not.toBe(first.body);
      expect(await judge(vector, { delivery: { ...first, body: unnamed } })).toBe("401 signature_missing");
    }
  });

  test("a signature without its end is refused, and one that cannot be read as malformed", async () => {
    const { signature } = first;
    for (const length of [4, 8, signature.length >> 1])
      expect(await judge(vector, { delivery: withSignature(first, signature.slice(0, -length)) })).toMatch(
        isToken ? /^401 credential_wrong$/ : /^401 signature_wrong$|^400 signature_malformed$/,
      );
    expect(await judge(vector, { delivery: withSignature(first, signature.slice(0, -4)) })).toBe(wrong);
    expect(await judge(vector, { delivery: withSignature(first, "?") })).toBe(
      isToken ? wrong : "400 signature_malformed",
    );
  });

  test("says to its user what it cannot tell", () => {
    const { limits = "" } = preset ?? {};
    if (blind.includes("time")) expect(limits).toMatch(/\btime\b/);
    if (blind.includes("body")) expect(limits).toMatch(/\bbody\b/);
    if (blind.length === 0) expect(limits).toBe("");
    // What tells deliveries apart can be changed by whoever sends one again.
    if (isUnsignedHeader(preset?.dedupeKey) && blind.includes("time") && !blind.includes("body"))
      expect(limits).toMatch(/an id that is not signed/);
    else expect(limits).not.toMatch(/not signed/);
  });
});
