import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "@jest/globals";
import { loadWorkflow } from "../../lib/language/load-workflow.ts";
import { verifyDelivery } from "../../lib/webhooks/verify-delivery.ts";
import { schemeKeys } from "../../lib/webhooks/verify-keys.ts";

const page = readFileSync(new URL("../../docs/webhooks.md", import.meta.url), "utf8");
const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = ""]) =>
  /^steps:/m.test(text) ? text : `${text}steps: []\n`,
);

describe("docs/webhooks.md", () => {
  test("its scheme of one's own takes what its text says, and nothing else", async () => {
    const text = blocks.find((block) => block.includes("x-acme-signature")) ?? "";
    const { workflow } = loadWorkflow(text, "acme.yaml");
    const rule = workflow?.input.type === "http_webhook" ? workflow.input.verify : undefined;
    if (!rule) throw new Error("the example verifies nothing");
    const time = "1795780800";
    const verdictOf = async (body: string, secret: string) => {
      const signature = createHmac("sha256", secret).update(`${time}.{"id": 7}`).digest("hex");
      const request = {
        method: "POST",
        origin: "https://hooks.example",
        path: "/",
        rawQuery: "",
        query: {},
        headers: { "x-acme-signature": `t=${time},v1=${signature}` },
        body: Buffer.from(body),
        sourceIp: "192.0.2.1",
      };
      return (await verifyDelivery(rule, request, { now: 1_795_780_801_000, env: () => "acme" })).kind;
    };
    expect(await verdictOf('{"id": 7}', "acme")).toBe("verified");
    expect(await verdictOf('{"id": 8}', "acme")).toBe("refused");
    expect(await verdictOf('{"id": 7}', "other")).toBe("refused");
  });

  test("its table of schemes names every key of each, and the required ones in bold", () => {
    for (const [scheme, schema] of Object.entries(schemeKeys)) {
      const row =
        page.split("\n").find((line) => line.startsWith("|") && line.includes(`\`${scheme}\``)) ?? "";
      const { scheme: _scheme, ...keys } = schema.shape;
      if (row.includes("the same") || row.includes("what `hmac` has")) continue;
      for (const [key, value] of Object.entries(keys)) {
        const required = !value.safeParse(undefined).success;
        expect([scheme, row]).toEqual([
          scheme,
          expect.stringContaining(required ? `**\`${key}\`**` : `\`${key}\``),
        ]);
      }
    }
  });
});
