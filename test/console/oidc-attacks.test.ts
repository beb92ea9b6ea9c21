import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import { UnsecuredJWT } from "jose";
import { createGuardedHttp } from "../../lib/adapters/http/guarded-http.ts";
import { createOidcProvider } from "../../lib/adapters/oidc-provider.ts";
import { beginAttempt } from "../../lib/console/access/open-attempt.ts";
import { oidcSchema } from "../../lib/core/oidc.ts";
import { type Answer, createConsoleWorld, TOKENS } from "../support/console-world.ts";
import { type ForgingProvider, startForgingProvider } from "../support/forging-provider.ts";
import { createOidcVisitor, type OidcVisitor } from "../support/oidc-visitor.ts";

const file = { steps: [{ type: "print", text: "hi" }] };
const http = createGuardedHttp({ allowPrivateHosts: ["127.0.0.1"] });
const HOSTILE = "<script>alert(1)</script>";
let provider: ForgingProvider;
let other: ForgingProvider;

beforeAll(async () => {
  [provider, other] = await Promise.all([startForgingProvider(), startForgingProvider()]);
});

let honestly: Pick<ForgingProvider, "forge" | "announce">;
beforeEach(() => {
  honestly = { forge: provider.forge, announce: {} };
});
afterEach(() => {
  Object.assign(provider, honestly);
  delete provider.answer;
});

afterAll(async () => {
  await Promise.all([provider.stop(), other.stop(), http.close()]);
});

function consoleOf(issuer = provider.issuer) {
  const rules = oidcSchema.parse({ issuer, client_id: "console", read: { groups: ["engineers"] } });
  const oidc = createOidcProvider({
    settings: rules,
    clientSecret: async () => "a secret of the client",
    http,
    clock: { now: () => Date.now() },
  });
  const there = createConsoleWorld({ file }, { closed: true, oidc: { provider: oidc, rules } });
  return { ...there, visitor: createOidcVisitor(there) };
}

/** What the provider sends back, had somebody signed in there. */
async function begun(visitor: OidcVisitor, to?: string) {
  const { searchParams } = new URL(await visitor.begin(to));
  provider.nonce = searchParams.get("nonce") ?? "";
  return { code: "a code", state: searchParams.get("state") ?? "" };
}

const back = (said: Readonly<Record<string, string>>) => `/oidc/callback?${new URLSearchParams(said)}`;

/** A calm page, the same for whatever is wrong; no session, the attempt is over, and nothing of what came is shown or logged. */
function expectRefused(
  { status, headers, text }: Answer,
  log: readonly { readonly message: string }[],
  why: RegExp,
) {
  expect(status).toBe(401);
  expect(text).toContain("That sign-in did not work");
  expect(
    headers.getSetCookie().filter((cookie) => !/^__Host-hookline-sign-in=;.*Max-Age=0/.test(cookie)),
  ).toEqual([]);
  expect(text).not.toMatch(/script>alert|eyJ|Error|access token|a code|a secret/);
  const said = log.map(({ message }) => message);
  expect(said.at(-1)).toMatch(why);
  expect(said.join("\n")).not.toMatch(/script>alert|eyJ|an access token|a code|a secret/);
}

test("an honest answer of the provider signs in, with RSA as with elliptic curves", async () => {
  for (const alg of ["RS256", "ES256"]) {
    provider.forge = ({ honest, sign }) => sign(honest, { alg });
    const { visitor } = consoleOf();
    expect((await visitor.ask(back(await begun(visitor)), "cross-site")).status).toBe(200);
    expect((await visitor.ask("/runs")).status).toBe(200);
  }
});

describe("an ID token is refused", () => {
  test.each<[what: string, why: RegExp, forge: ForgingProvider["forge"]]>([
    ["of another attempt", /nonce/, ({ honest, sign }) => sign({ ...honest, nonce: "another" })],
    ["without a nonce", /nonce/, ({ honest, sign }) => sign({ ...honest, nonce: undefined })],
    ["of another issuer", /iss/, ({ honest, sign }) => sign({ ...honest, iss: "https://evil.example" })],
    ["for another client", /aud/, ({ honest, sign }) => sign({ ...honest, aud: "somebody else" })],
    [
      "for several, given to another",
      /azp/,
      ({ honest, sign }) => sign({ ...honest, aud: ["console", "b"], azp: "b" }),
    ],
    ["for several, given to nobody", /aud/, ({ honest, sign }) => sign({ ...honest, aud: ["console", "b"] })],
    ["that is over", /expir/, ({ honest, sign }) => sign({ ...honest, iat: 1, exp: honest.exp - 120 })],
    ["that never ends", /exp/, ({ honest, sign }) => sign({ ...honest, exp: undefined })],
    ["of nobody", /sub/, ({ honest, sign }) => sign({ ...honest, sub: undefined })],
    ["that nobody signed", /alg|JWS/, ({ honest }) => new UnsecuredJWT(honest).encode()],
    [
      "signed with the public key as a secret",
      /algorithm/,
      ({ honest, signWithPublicKey }) => signWithPublicKey(honest),
    ],
    [
      "signed with a key of somebody else's",
      /signature/,
      ({ honest, sign, strangeKey }) => sign(honest, {}, strangeKey),
    ],
    [
      "whose key nobody announces",
      /key/,
      ({ honest, sign, strangeKey }) => sign(honest, { kid: "strange" }, strangeKey),
    ],
    ["that is none", /JWT/, () => HOSTILE],
    ["that is cut short", /JWT|signature/, async ({ honest, sign }) => (await sign(honest)).slice(0, -10)],
  ])("%s", async (_what, why, forge) => {
    provider.forge = forge;
    const { visitor, world } = consoleOf();
    expectRefused(await visitor.ask(back(await begun(visitor)), "cross-site"), world.log.lines, why);
    expect((await visitor.ask("/runs")).status).toBe(303);
  });

  test("of another provider, even one that says the same of the same client", async () => {
    other.nonce = "";
    provider.forge = async () => {
      other.nonce = provider.nonce;
      const answer = await fetch(`${other.issuer}/token`, { method: "POST" });
      return ((await answer.json()) as { readonly id_token: string }).id_token;
    };
    const { visitor, world } = consoleOf();
    expectRefused(await visitor.ask(back(await begun(visitor)), "cross-site"), world.log.lines, /iss/);
  });
});

describe("an answer is refused", () => {
  const noToken = () => expect(provider.asked("/token")).toBe(asked);
  let asked = 0;
  beforeEach(() => {
    asked = provider.asked("/token");
  });

  test("that comes to a browser in which nobody began to sign in: nobody is signed in as somebody else", async () => {
    const mine = consoleOf();
    const answer = back(await begun(mine.visitor));
    const theirs = createOidcVisitor(mine);
    expectRefused(await theirs.ask(answer, "cross-site"), mine.world.log.lines, /no attempt was begun/);
    noToken();
  });

  test("with the state of another browser's attempt, or of an earlier one, or none", async () => {
    const { visitor, world, get } = consoleOf();
    const earlier = await begun(visitor);
    const theirs = await begun(createOidcVisitor({ get }));
    for (const state of [earlier.state, theirs.state, "", HOSTILE]) {
      await begun(visitor);
      expectRefused(
        await visitor.ask(back({ code: "a code", state }), "cross-site"),
        world.log.lines,
        /state/,
      );
    }
    await begun(visitor);
    expectRefused(await visitor.ask(back({ code: "a code" }), "cross-site"), world.log.lines, /state/);
    noToken();
  });

  test("a second time", async () => {
    const { visitor, world } = consoleOf();
    const answer = back(await begun(visitor));
    expect((await visitor.ask(answer, "cross-site")).status).toBe(200);
    expectRefused(await visitor.ask(answer, "cross-site"), world.log.lines, /no attempt was begun/);
  });

  test("after a quarter of an hour", async () => {
    const { visitor, world } = consoleOf();
    const answer = back(await begun(visitor));
    await world.clock.sleep(15 * 60_000);
    expectRefused(await visitor.ask(answer, "cross-site"), world.log.lines, /it is over/);
    noToken();
  });

  test("whose attempt is forged, or of another stage's key", async () => {
    const { get, world } = consoleOf();
    const now = world.clock.now();
    const nonce = "00000000-0000-4000-8000-000000000000";
    const of = async (token: string) =>
      beginAttempt({ tokensFor: async () => [token] }, { to: "/", now, nonce });
    const mine = await of(TOKENS.read);
    const forged = [
      (await of("another token")).cookie,
      mine.cookie.replace(nonce, "10000000-0000-4000-8000-000000000000"),
      mine.cookie.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
      "a".repeat(5_000),
      "",
    ];
    for (const cookie of forged) {
      const answer = await get(back({ code: "a code", state: mine.attempt.state }), {
        cookie: `__Host-hookline-sign-in=${cookie}`,
      });
      expectRefused(answer, world.log.lines, /no attempt was begun/);
    }
    noToken();
  });

  test("that another provider sent (mix-up)", async () => {
    const { visitor, world } = consoleOf();
    const answer = { ...(await begun(visitor)), iss: other.issuer };
    expectRefused(await visitor.ask(back(answer), "cross-site"), world.log.lines, /iss/);
    noToken();
  });

  test("that is an error, whatever it says", async () => {
    for (const error of ["access_denied", HOSTILE]) {
      const { visitor, world } = consoleOf();
      const { state } = await begun(visitor);
      const answer = back({ state, error, error_description: HOSTILE, error_uri: "javascript:alert(1)" });
      expectRefused(await visitor.ask(answer, "cross-site"), world.log.lines, /error/);
    }
    noToken();
  });

  test("that says one thing twice", async () => {
    const { visitor, world } = consoleOf();
    const answer = `${back(await begun(visitor))}&code=another&state=another`;
    expectRefused(await visitor.ask(answer, "cross-site"), world.log.lines, /"?(state|code|single)/);
    noToken();
  });

  test.each([
    [400, JSON.stringify({ error: "invalid_grant", error_description: HOSTILE })],
    [400, JSON.stringify({ error: HOSTILE })],
    [200, HOSTILE],
    [200, JSON.stringify({ access_token: "an access token", token_type: "Bearer" })],
    [302, "{}"],
  ])("whose code the provider answers with %d %s", async (status, body) => {
    provider.answer = { status, body };
    const { visitor, world } = consoleOf();
    expectRefused(
      await visitor.ask(back(await begun(visitor)), "cross-site"),
      world.log.lines,
      /is not taken/,
    );
  });

  test("for now, when the provider's own services fail", async () => {
    provider.answer = { status: 502, body: HOSTILE };
    const { visitor } = consoleOf();
    const { status, text } = await visitor.ask(back(await begun(visitor)), "cross-site");
    expect(status).toBe(503);
    expect(text).not.toContain("script>alert");
  });
});

describe("nobody is sent elsewhere", () => {
  test.each([
    "https://evil.example/",
    "//evil.example",
    "/\\evil.example",
    "javascript:alert(1)",
    `/${"a".repeat(3_000)}`,
  ])("by %s", async (to) => {
    const { visitor } = consoleOf();
    const answer = await visitor.ask(back(await begun(visitor, to)), "cross-site");
    expect(answer.headers.get("refresh")).toBe("0;url=/");
  });
});

describe("what the provider announces", () => {
  const refusedWith = async (announce: Readonly<Record<string, unknown>>, issuer?: string) => {
    provider.announce = announce;
    const { visitor, world } = consoleOf(issuer);
    const { status, text, headers } = await visitor.ask("/oidc/sign-in");
    expect([status, headers.get("location")]).toEqual([500, null]);
    expect(text).not.toContain("evil.example");
    return world.log.lines.at(-1)?.message;
  };

  test("is taken only under the issuer that the stage names, letter for letter", async () => {
    expect(await refusedWith({ issuer: "https://evil.example" })).toMatch(/announces itself wrongly/);
    expect(await refusedWith({ issuer: `${provider.issuer}/` })).toBe(
      `the provider at ${provider.issuer} calls itself "${provider.issuer}/": write that as issuer`,
    );
  });

  test("is asked for once in five minutes, and its keys again when a token names a new one, at most once a minute", async () => {
    const { visitor, get, world } = consoleOf();
    const signIn = async () => {
      const one = createOidcVisitor({ get });
      return (await one.ask(back(await begun(one)), "cross-site")).status;
    };
    const before = provider.asked("/.well-known/openid-configuration");
    const keysBefore = provider.asked("/keys");
    const asked = () => [
      provider.asked("/.well-known/openid-configuration") - before,
      provider.asked("/keys") - keysBefore,
    ];
    expect([await signIn(), await signIn(), ...asked()]).toEqual([200, 200, 1, 1]);
    await provider.rotate();
    expect([await signIn(), ...asked()]).toEqual([401, 1, 1]);
    expect(world.log.lines.at(-1)?.message).toMatch(/key/);
    jest.useFakeTimers({ now: Date.now() + 61_000, doNotFake: [...TIMERS] });
    try {
      expect([await signIn(), ...asked()]).toEqual([200, 1, 2]);
      jest.setSystemTime(Date.now() + 5 * 60_000);
      expect([await signIn(), ...asked()]).toEqual([200, 2, 3]);
    } finally {
      jest.useRealTimers();
    }
    expect((await visitor.ask("/sign-in")).status).toBe(200);
  });
});

/** Only the date is another one. */
const TIMERS = [
  "hrtime",
  "nextTick",
  "performance",
  "queueMicrotask",
  "setImmediate",
  "clearImmediate",
  "setInterval",
  "clearInterval",
  "setTimeout",
  "clearTimeout",
] as const;
