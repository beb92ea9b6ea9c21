import { describe, expect, test } from "@jest/globals";
import { sessionCookie } from "../../lib/console/access/session.ts";
import { createConsoleWorld, fieldsOf, TOKENS } from "../support/console-world.ts";
import { runIdOf } from "../support/world.ts";

const file = { steps: [{ type: "fail", message: "no" }] };
const closed = () => createConsoleWorld({ file }, { closed: true });

async function signedIn(right: keyof typeof TOKENS) {
  const there = closed();
  const answer = await there.post("/sign-in", { token: TOKENS[right], to: "/runs?status=failed" });
  const [cookie = ""] = (answer.headers.get("set-cookie") ?? "").split(";");
  return { ...there, answer, cookie };
}

describe("a stage's console", () => {
  test("asks who is nobody to sign in, and brings them to where they wanted to go", async () => {
    const { get } = closed();
    const { status, headers } = await get("/runs?status=failed");
    expect([status, headers.get("location")]).toEqual([303, "/sign-in?to=%2Fruns%3Fstatus%3Dfailed"]);
    expect((await signedIn("read")).answer.headers.get("location")).toBe("/runs?status=failed");
  });

  test("keeps the session in a cookie that no script reads and no other site sends", async () => {
    const { answer } = await signedIn("read");
    const cookie = answer.headers.get("set-cookie") ?? "";
    expect(cookie).toMatch(/^__Host-hookline=/);
    for (const word of ["HttpOnly", "Secure", "SameSite=Strict", "Path=/"]) expect(cookie).toContain(word);
    expect(cookie).not.toContain(TOKENS.read);
  });

  test("lets who has the reading token look, and change nothing", async () => {
    const { get, post, world, cookie } = await signedIn("read");
    const runId = runIdOf(await world.post({}));
    const page = (await get(`/runs/${runId}`, { cookie })).text;
    expect(page).toContain(runId);
    expect(page).not.toContain("/cancel");
    expect((await post(`/runs/${runId}/cancel`, {}, { cookie })).status).toBe(403);
    expect((await world.run(runId)).status).toBe("queued");
  });

  test("lets who has the acting token do both", async () => {
    const { get, post, world, cookie } = await signedIn("act");
    const runId = runIdOf(await world.post({}));
    const fields = fieldsOf((await get(`/runs/${runId}`, { cookie })).text, `/runs/${runId}/cancel`);
    expect((await post(`/runs/${runId}/cancel`, fields, { cookie })).status).toBe(303);
    expect((await world.run(runId)).status).toBe("cancelled");
  });

  test("answers every wrong token alike, and stops who tries many", async () => {
    const { post } = closed();
    const texts = new Set<string>();
    const statuses: number[] = [];
    for (const token of ["", "x", TOKENS.read.slice(1), `${TOKENS.act} more`, ...Array(8).fill("guess")]) {
      const answer = await post("/sign-in", { token });
      statuses.push(answer.status);
      if (answer.status === 401) texts.add(answer.text);
    }
    expect(texts.size).toBe(1);
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
  });

  test("takes no cookie that is forged, over, or another token's", async () => {
    const { get, world } = closed();
    const until = Math.floor(world.clock.now() / 1000) + 60;
    const nonce = "00000000-0000-4000-8000-000000000000";
    const made = (token: string, right: "read" | "act", seconds = until) =>
      sessionCookie(token, { right, until: seconds, nonce });
    const good = made(TOKENS.read, "read");
    const forged = [
      good.replace("read", "act"),
      good.replace(/.$/, (last) => (last === "A" ? "B" : "A")),
      good.replace(String(until), String(until + 1)),
      made(TOKENS.read, "act"),
      made("another token", "read"),
      made(TOKENS.read, "read", until - 61),
      "",
      "read",
      "a".repeat(5_000),
    ];
    const statusFor = async (value: string) =>
      (await get("/runs", { cookie: `__Host-hookline=${value}` })).status;
    expect(await statusFor(good)).toBe(200);
    for (const value of forged) expect(await statusFor(value)).toBe(303);
  });

  test("sends nobody elsewhere after the sign-in", async () => {
    for (const to of ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"]) {
      const answer = await closed().post("/sign-in", { token: TOKENS.read, to });
      expect(answer.headers.get("location")).toBe("/");
    }
  });

  test("ends a session when somebody signs out", async () => {
    const { post, cookie } = await signedIn("act");
    const answer = await post("/sign-out", {}, { cookie });
    expect(answer.headers.get("set-cookie")).toMatch(/^__Host-hookline=;.*Max-Age=0/);
  });
});

describe("what changes something", () => {
  test("is refused from another site's page, and without the form's own token", async () => {
    const { get, post, world } = createConsoleWorld({ file });
    const runId = runIdOf(await world.post({}));
    const path = `/runs/${runId}/cancel`;
    const fields = fieldsOf((await get(`/runs/${runId}`)).text, path);
    const refused = [
      await post(path, fields, { "sec-fetch-site": "cross-site" }),
      await post(path, fields, { "sec-fetch-site": "same-site" }),
      await post(path, {}),
      await post(path, { form_token: `${fields.form_token}x` }),
      await post(path, { form_token: "" }),
    ];
    expect(refused.map(({ status }) => status)).toEqual([403, 403, 403, 403, 403]);
    expect((await world.run(runId)).status).toBe("queued");
  });

  test("of a visitor's form is nobody else's", async () => {
    const mine = createConsoleWorld({ file });
    const runId = runIdOf(await mine.world.post({}));
    const path = `/runs/${runId}/cancel`;
    const theirs = await signedIn("act");
    const page = await theirs.get(`/runs/${runIdOf(await theirs.world.post({}))}`, { cookie: theirs.cookie });
    const { form_token = "" } = fieldsOf(page.text, page.text.match(/\/runs\/[0-9a-f-]+\/cancel/)?.[0] ?? "");
    expect(form_token).not.toBe("");
    expect((await mine.post(path, { form_token })).status).toBe(403);
  });
});

test("a local console answers to names of this machine only", async () => {
  const { get } = createConsoleWorld({ file });
  for (const host of ["localhost:8080", "127.0.0.1:8080", "[::1]:8080"])
    expect((await get("/runs", { host })).status).toBe(200);
  for (const host of ["evil.example", "localhost.evil.example:8080", "127.0.0.1.evil.example"])
    expect((await get("/runs", { host })).status).toBe(421);
});

test("every answer forbids what the console does not need", async () => {
  const { get } = closed();
  for (const path of ["/", "/sign-in", "/no/such/page"]) {
    const { headers } = await get(path);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("cache-control")).toBe("no-store");
  }
});
