import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createGuardedHttp } from "../../lib/adapters/http/guarded-http.ts";
import { createOidcProvider } from "../../lib/adapters/oidc-provider.ts";
import { type OidcSettings, oidcSchema } from "../../lib/core/oidc.ts";
import { createConsoleWorld, fieldsOf, TOKENS } from "../support/console-world.ts";
import { startLoopbackServer } from "../support/loopback-server.ts";
import { CLIENT, type OidcServer, startOidcServer } from "../support/oidc-server.ts";
import { createOidcVisitor } from "../support/oidc-visitor.ts";
import { runIdOf } from "../support/world.ts";

const CALLBACK = "http://localhost:8080/oidc/callback";
const file = { steps: [{ type: "fail", message: "no" }] };
const http = createGuardedHttp({ allowPrivateHosts: ["127.0.0.1"] });
let full: OidcServer;
let slim: OidcServer;

beforeAll(async () => {
  const addresses = { redirectUris: [CALLBACK], returnTo: ["http://localhost:8080/sign-in"] };
  [full, slim] = await Promise.all([
    startOidcServer(addresses),
    startOidcServer({ ...addresses, slim: true }),
  ]);
});

afterAll(async () => {
  await Promise.all([full.stop(), slim.stop(), http.close()]);
});

function consoleOf(
  { issuer }: Pick<OidcServer, "issuer">,
  more: Partial<OidcSettings> = {},
  secret: string | null = CLIENT.secret,
) {
  const settings = oidcSchema.parse({
    issuer,
    client_id: CLIENT.id,
    scopes: ["email", "groups"],
    read: { groups: ["engineers"] },
    act: { groups: ["on-call"] },
    ...more,
  });
  const provider = createOidcProvider({
    settings,
    clientSecret: async () => secret ?? undefined,
    http,
    clock: { now: Date.now },
  });
  const there = createConsoleWorld({ file }, { closed: true, oidc: { provider, rules: settings } });
  const visitor = createOidcVisitor(there);
  const signIn = async (name: string, to?: string) =>
    visitor.ask(await visitor.signInThere(await visitor.begin(to), name), "cross-site");
  return { ...there, visitor, signIn };
}

describe("signing in by a provider", () => {
  test("is offered beside the token", async () => {
    const { visitor } = consoleOf(full);
    const page = (await visitor.ask("/sign-in?to=/runs")).text;
    expect(page).toContain(`href="/oidc/sign-in?to=%2Fruns">Sign in with ${new URL(full.issuer).host}</a>`);
    expect(page).toContain('name="token"');
  });

  test("asks for a code with a challenge, a state and a nonce, and nothing that would let somebody else use it", async () => {
    const { visitor } = consoleOf(full);
    const { origin, searchParams } = new URL(await visitor.begin());
    expect(origin).toBe(full.issuer);
    expect(Object.fromEntries(searchParams)).toEqual({
      client_id: "console",
      redirect_uri: CALLBACK,
      response_type: "code",
      scope: "openid email groups",
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: "S256",
    });
  });

  test("ties the attempt to the browser by a cookie that neither scripts nor other hosts can touch, for a quarter of an hour", async () => {
    const { get } = consoleOf(full);
    const { headers } = await get("/oidc/sign-in");
    const cookie = headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^__Host-hookline-sign-in=/);
    for (const word of ["HttpOnly", "Secure", "SameSite=Lax", "Path=/", "Max-Age=900"])
      expect(cookie).toContain(word);
    const { searchParams } = new URL(headers.get("location") ?? "");
    for (const name of ["state", "nonce", "code_challenge"])
      expect(cookie).not.toContain(searchParams.get(name));
  });

  test("opens the page that somebody wanted, from there: the strict cookie is set, and the path asked for once more", async () => {
    const { signIn, visitor } = consoleOf(full);
    const answer = await signIn("bob", "/runs?status=failed");
    expect([answer.status, answer.headers.get("refresh")]).toEqual([200, "0;url=/runs?status=failed"]);
    const [attempt, session] = answer.headers.getSetCookie();
    expect(attempt).toMatch(/^__Host-hookline-sign-in=;.*Max-Age=0/);
    expect(session).toMatch(/^__Host-hookline=read\..*HttpOnly; Secure; SameSite=Strict/);
    expect((await visitor.ask("/runs?status=failed")).status).toBe(200);
  });

  test.each([
    ["bob", "bob@example.com, read only"],
    ["ada", "ada@example.com, may act"],
  ])("lets %s do what the rules say of their group", async (name, said) => {
    const { signIn, visitor } = consoleOf(full);
    await signIn(name);
    expect((await visitor.ask("/runs")).text).toContain(said);
  });

  test("lets nobody in who is merely known to the provider", async () => {
    const { signIn, visitor, world } = consoleOf(full);
    const answer = await signIn("eve");
    expect([answer.status, answer.headers.getSetCookie().length]).toEqual([403, 1]);
    expect((await visitor.ask("/runs")).status).toBe(303);
    expect(world.log.lines.at(-1)).toMatchObject({ level: "warn", fields: { by: "eve" } });
  });

  test("does not take an address that the provider has not verified for somebody", async () => {
    const rules = { read: { email: ["ada@example.com"] }, act: undefined };
    expect((await consoleOf(full, rules).signIn("ada")).status).toBe(200);
    expect((await consoleOf(full, rules).signIn("eve")).status).toBe(403);
  });

  test("asks UserInfo for what the ID token leaves out", async () => {
    const { signIn, visitor } = consoleOf(slim);
    expect((await signIn("ada")).status).toBe(200);
    expect((await visitor.ask("/runs")).text).toContain("ada@example.com, may act");
  });

  test("takes a code once, even from who kept the cookie of the attempt", async () => {
    const { visitor, get } = consoleOf(full);
    const url = await visitor.begin();
    const cookie = visitor.cookies();
    const back = await visitor.signInThere(url, "bob");
    expect((await get(back, { cookie })).status).toBe(200);
    const again = await get(back, { cookie });
    expect([again.status, again.headers.getSetCookie().length]).toEqual([401, 1]);
  });

  test("works for a client without a secret", async () => {
    const { signIn } = consoleOf(full, { client_id: "public" }, null);
    expect((await signIn("bob")).status).toBe(200);
  });

  test("says that client and secret are wrong where somebody can mend it: in the log", async () => {
    const { signIn, world } = consoleOf(full, {}, "a secret that was changed meanwhile");
    const { status, text } = await signIn("bob");
    expect(status).toBe(500);
    expect(text).not.toMatch(/invalid_client|a secret/);
    expect(world.log.lines.at(-1)?.message).toBe(
      "the provider does not take the client (invalid_client): see its client_id and secret",
    );
  });

  test("tells the log who signed in, and who pressed a button", async () => {
    const { signIn, visitor, post, world } = consoleOf(full);
    const runId = runIdOf(await world.post({}));
    const session = (await signIn("ada")).headers.getSetCookie().at(-1)?.split(";")[0] ?? "";
    const page = (await visitor.ask(`/runs/${runId}`)).text;
    await post(`/runs/${runId}/cancel`, fieldsOf(page, `/runs/${runId}/cancel`), { cookie: session });
    expect((await world.run(runId)).status).toBe("cancelled");
    expect(
      world.log.lines.filter(({ fields }) => fields?.by === "ada@example.com").map(({ message }) => message),
    ).toEqual(["somebody signed in", "somebody pressed cancel"]);
  });

  test("leaves the token as the way in for the day on which the provider is away", async () => {
    const gone = await unreachable();
    const { post, visitor } = consoleOf(gone);
    const { status, headers, text } = await visitor.ask("/oidc/sign-in");
    expect([status, headers.get("retry-after")]).toEqual([503, "5"]);
    expect(text).toContain("does not answer");
    expect((await post("/sign-in", { token: TOKENS.read })).status).toBe(303);
  });
});

describe("signing out", () => {
  test("ends the console's session and offers to end the provider's", async () => {
    const { signIn, visitor, post } = consoleOf(full);
    await signIn("bob");
    const { headers } = await post("/sign-out", {});
    expect(headers.get("location")).toBe("/sign-in?signed-out");
    const page = (await visitor.ask("/sign-in?signed-out")).text;
    const [, href = ""] = /<a href="([^"]*)">Sign out of/.exec(page) ?? [];
    const { origin, pathname, searchParams } = new URL(href.replaceAll("&amp;", "&"));
    expect(origin + pathname).toBe(`${full.issuer}/session/end`);
    expect(searchParams.get("client_id")).toBe("console");
    expect(searchParams.get("post_logout_redirect_uri")).toBe("http://localhost:8080/sign-in");
    const asked = await fetch(`${origin}${pathname}?${searchParams}`);
    expect(asked.status).toBe(200);
  });

  test("says so where the provider cannot be asked, and nothing more", async () => {
    const gone = await unreachable();
    const { visitor } = consoleOf(gone);
    const { status, text } = await visitor.ask("/sign-in?signed-out");
    expect(status).toBe(200);
    expect(text).toContain("You are signed out of the console.");
    expect(text).not.toContain("Sign out of");
  });
});

/** A provider whose port nobody listens at any more. */
async function unreachable() {
  const { origin, stop } = await startLoopbackServer(() => {});
  await stop();
  return { issuer: origin };
}
