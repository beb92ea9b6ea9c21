import { createHmac } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { createWorld, runIdOf } from "../support/world.ts";

const SECRET = "the signing secret";
const BODY = new TextEncoder().encode('{"action": "opened"}');
const signatureOf = (body: Uint8Array, secret = SECRET) =>
  `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
const headersWith = (signature: string) => ({
  "content-type": "application/json",
  "x-hub-signature-256": signature,
});

function verifiedWorld(secrets: { readonly [name: string]: string } = { GITHUB_WEBHOOK_SECRET: SECRET }) {
  const file = { input: { type: "http_webhook", verify: "github" }, steps: [] };
  return createWorld({ file, secrets });
}

describe("a webhook that verifies its sender", () => {
  test("accepts what the sender signed, byte for byte", async () => {
    const world = verifiedWorld();
    const answer = await world.post(null, { body: BODY, headers: headersWith(signatureOf(BODY)) });
    expect(answer.status).toBe(202);
    expect((await world.run(runIdOf(answer))).event.body).toEqual(BODY);
  });

  test("stores nothing of a request whose signature is wrong, and says which header it expected", async () => {
    const world = verifiedWorld();
    const answer = await world.post(null, { body: BODY, headers: headersWith(signatureOf(BODY, "another")) });
    expect(answer).toEqual({
      status: 401,
      body: {
        error:
          "the signature in header x-hub-signature-256 is not one of this request under the workflow's secret",
        reason: "signature_wrong",
      },
    });
    expect(world.queue.nextVisibleAt()).toBeUndefined();
  });

  test("answers 503 while the stage has no secret: the sender tries again, and nobody gets in", async () => {
    const world = verifiedWorld({});
    const answer = await world.post(null, { body: BODY, headers: headersWith(signatureOf(BODY, "")) });
    expect(answer.status).toBe(503);
    expect(world.log.lines.map(({ message }) => message)).toContain(
      "a delivery cannot be verified: ${env:GITHUB_WEBHOOK_SECRET} has no value: nothing can be verified with it",
    );
  });

  test("answers a ping without a run", async () => {
    const world = verifiedWorld();
    const answer = await world.post(null, {
      body: BODY,
      headers: { ...headersWith(signatureOf(BODY)), "x-github-event": "ping" },
    });
    expect(answer.status).toBe(200);
    expect(world.queue.nextVisibleAt()).toBeUndefined();
  });
});
