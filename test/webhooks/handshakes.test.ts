import { createHmac, generateKeyPairSync, sign } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { presets } from "../../lib/webhooks/presets.ts";
import { createWorld } from "../support/world.ts";
import { NOW_SECONDS } from "./judge.ts";

const SECRET = "the secret";
const ed = generateKeyPairSync("ed25519");
const hex = (text: string) => createHmac("sha256", SECRET).update(text).digest("hex");

/** What a stage with a preset answers, and whether it made a run. */
async function ask(
  preset: string,
  call: {
    readonly method?: string;
    readonly query?: { readonly [name: string]: string };
    readonly headers?: { readonly [name: string]: string };
    readonly body?: string;
  },
  secrets: { readonly [name: string]: string } = {},
) {
  const secretName = presets.get(preset)?.secretName as string;
  const world = createWorld({
    file: { input: { type: "http_webhook", verify: preset }, steps: [] },
    secrets: { [secretName]: SECRET, ...secrets },
  });
  world.clock.advance(NOW_SECONDS * 1000 - world.clock.now());
  const { status, headers, body } = await world.post(null, {
    method: "POST",
    ...call,
    headers: { "content-type": "application/json", ...call.headers },
    body: Buffer.from(call.body ?? ""),
  });
  return { status, headers, body, run: world.queue.nextVisibleAt() !== undefined };
}

const answered = (body: unknown, contentType = "application/json", headers: object = {}) => ({
  status: 200,
  headers: { "content-type": contentType, ...headers },
  body,
  run: false,
});
const EMPTY = { status: 204, body: "", run: false };

const slack = (body: string, secret = SECRET) => ({
  body,
  headers: {
    "x-slack-request-timestamp": String(NOW_SECONDS),
    "x-slack-signature": `v0=${createHmac("sha256", secret).update(`v0:${NOW_SECONDS}:${body}`).digest("hex")}`,
  },
});

describe("Slack's url_verification", () => {
  const body = '{"type":"url_verification","challenge":"3eZbrw1a"}';

  test("is given its challenge back", async () => {
    expect(await ask("slack", slack(body))).toEqual(answered({ challenge: "3eZbrw1a" }));
  });

  test("is refused as any delivery when its signature is wrong", async () => {
    expect(await ask("slack", slack(body, "another"))).toMatchObject({ status: 401, run: false });
    expect(await ask("slack", { body })).toMatchObject({ status: 401, run: false });
  });

  test("is not what another event is", async () => {
    expect(await ask("slack", slack('{"type":"event_callback","challenge":"x"}'))).toMatchObject({
      status: 202,
      run: true,
    });
  });
});

describe("Meta's hub.challenge", () => {
  const query = { "hub.mode": "subscribe", "hub.challenge": "1158201444", "hub.verify_token": "chosen" };
  const secrets = { META_VERIFY_TOKEN: "chosen" };
  const get = (more: object = {}) => ask("meta", { method: "GET", query: { ...query, ...more } }, secrets);

  test("is given back as text when the verify token is right", async () => {
    expect(await get()).toEqual(answered("1158201444", "text/plain"));
  });

  test("is refused when it is wrong, missing, or the stage has none", async () => {
    expect(await get({ "hub.verify_token": "guessed" })).toMatchObject({ status: 401, run: false });
    const { "hub.verify_token": _, ...without } = query;
    expect(await ask("meta", { method: "GET", query: without }, secrets)).toMatchObject({ status: 401 });
    expect(await ask("meta", { method: "GET", query })).toMatchObject({ status: 503 });
    expect(
      await ask(
        "meta",
        { method: "GET", query: { ...query, "hub.verify_token": "" } },
        { META_VERIFY_TOKEN: "" },
      ),
    ).toMatchObject({ status: 503 });
  });

  test("is text, whatever it looks like", async () => {
    expect(await get({ "hub.challenge": "<script>${query.hub.verify_token}" })).toEqual(
      answered("<script>${query.hub.verify_token}", "text/plain"),
    );
  });

  test("of a POST, and of a GET without it, is none", async () => {
    expect(await ask("meta", { method: "POST", query }, secrets)).toMatchObject({ status: 401 });
    expect(await ask("meta", { method: "GET", query: {} }, secrets)).toMatchObject({ status: 404 });
  });
});

describe("Zoom's endpoint.url_validation", () => {
  const body = '{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}';
  const headers = {
    "x-zm-request-timestamp": String(NOW_SECONDS),
    "x-zm-signature": `v0=${hex(`v0:${NOW_SECONDS}:${body}`)}`,
  };

  test("is given the token back, hashed under the secret", async () => {
    expect(await ask("zoom", { body, headers })).toEqual(
      answered({ plainToken: "qgg8vlvZRS6UYooatFL8Aw", encryptedToken: hex("qgg8vlvZRS6UYooatFL8Aw") }),
    );
  });

  test("hashes nothing for somebody who cannot sign", async () => {
    const answer = await ask("zoom", {
      body,
      headers: { ...headers, "x-zm-signature": `v0=${hex("other")}` },
    });
    expect(answer).toMatchObject({ status: 401, run: false });
    expect(JSON.stringify(answer)).not.toContain(hex("qgg8vlvZRS6UYooatFL8Aw"));
  });
});

test("Dropbox's challenge is given back as text that no browser takes for a page", async () => {
  expect(await ask("dropbox", { method: "GET", query: { challenge: "abc" } })).toEqual(
    answered("abc", "text/plain", { "x-content-type-options": "nosniff" }),
  );
  expect(await ask("dropbox", { method: "GET", query: { other: "abc" } })).toMatchObject({ status: 404 });
});

describe("Discord's pings", () => {
  const signed = (body: string) => ({
    body,
    headers: {
      "x-signature-timestamp": String(NOW_SECONDS),
      "x-signature-ed25519": sign(null, Buffer.from(NOW_SECONDS + body), ed.privateKey).toString("hex"),
    },
  });
  const secrets = { DISCORD_PUBLIC_KEY: ed.publicKey.export({ type: "spki", format: "pem" }).toString() };

  test("of interactions are answered with a pong", async () => {
    expect(await ask("discord", signed('{"type":1,"token":"t"}'), secrets)).toEqual(answered({ type: 1 }));
  });

  test("of an application's events are answered with 204 and no body", async () => {
    expect(await ask("discord", signed('{"version":1,"type":0}'), secrets)).toMatchObject(EMPTY);
  });

  test("are not events, which are of type 1 too", async () => {
    expect(
      await ask("discord", signed('{"type":1,"event":{"type":"ENTITLEMENT_CREATE"}}'), secrets),
    ).toMatchObject({
      status: 202,
      run: true,
    });
  });

  test("with a wrong signature are refused, as Discord checks", async () => {
    const { body, headers } = signed('{"type":1}');
    expect(await ask("discord", { body: `${body} `, headers }, secrets)).toMatchObject({
      status: 401,
      run: false,
    });
  });
});

test("Asana's secret is given back in the header that it came in", async () => {
  const answer = await ask("asana", { headers: { "x-hook-secret": "b537207f" } });
  expect(answer).toMatchObject(EMPTY);
  expect(answer.headers).toMatchObject({ "x-hook-secret": "b537207f" });
});

test("Intercom's HEAD, with which it looks whether the URL is right, is answered empty; no other service's is", async () => {
  expect(await ask("intercom", { method: "HEAD" })).toMatchObject({ status: 200, body: "", run: false });
  expect(await ask("github", { method: "HEAD" })).toMatchObject({ status: 404, run: false });
});

test("GitHub's and Intercom's pings make no run, once their signature is right", async () => {
  const body = '{"topic":"ping"}';
  const sha1 = createHmac("sha1", SECRET).update(body).digest("hex");
  const github = { "x-github-event": "ping", "x-hub-signature-256": `sha256=${hex(body)}` };
  expect(await ask("github", { body, headers: github })).toMatchObject(answered({ ok: true }));
  expect(await ask("intercom", { body, headers: { "x-hub-signature": `sha1=${sha1}` } })).toMatchObject(
    answered({ ok: true }),
  );
  expect(await ask("github", { body, headers: { "x-github-event": "ping" } })).toMatchObject({ status: 401 });
  expect(await ask("intercom", { body })).toMatchObject({ status: 401 });
});
