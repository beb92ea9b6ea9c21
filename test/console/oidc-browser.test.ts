import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createGuardedHttp } from "../../lib/adapters/http/guarded-http.ts";
import { createOidcProvider } from "../../lib/adapters/oidc-provider.ts";
import { oidcSchema } from "../../lib/core/oidc.ts";
import { createConsoleWorld } from "../support/console-world.ts";
import { CLIENT, type OidcServer, startOidcServer } from "../support/oidc-server.ts";

/** Debian's, which `.ci/run` installs. */
const CHROMIUM = "/usr/bin/chromium";
const http = createGuardedHttp({ allowPrivateHosts: ["127.0.0.1"] });
let front: Server;
let origin: string;
let provider: OidcServer;
let profile: string;

beforeAll(async () => {
  front = createServer();
  await new Promise<void>((listening) => front.listen(0, "127.0.0.1", listening));
  // The provider is at 127.0.0.1: another site.
  origin = `http://localhost:${(front.address() as AddressInfo).port}`;
  profile = await mkdtemp(join(tmpdir(), "hookline-chromium-"));
  provider = await startOidcServer({
    redirectUris: [`${origin}/oidc/callback`],
    returnTo: [],
    signInAs: "ada",
  });
  const rules = oidcSchema.parse({
    issuer: provider.issuer,
    client_id: CLIENT.id,
    act: { groups: ["on-call"] },
    scopes: ["email", "groups"],
  });
  const { app } = createConsoleWorld(
    { file: { steps: [] } },
    {
      closed: true,
      oidc: {
        rules,
        provider: createOidcProvider({
          settings: rules,
          clientSecret: async () => CLIENT.secret,
          http,
          clock: { now: Date.now },
        }),
      },
    },
  );
  front.on("request", async (request, response) => {
    const { method = "", url = "", headers } = request;
    const answer = await app.request(`${origin}${url}`, {
      method,
      headers: headers as Record<string, string>,
    });
    response
      .writeHead(answer.status, [...answer.headers].flat())
      .end(Buffer.from(await answer.arrayBuffer()));
  });
});

afterAll(async () => {
  front.closeAllConnections();
  await Promise.all([new Promise((closed) => front.close(closed)), provider.stop(), http.close()]);
  await rm(profile, { recursive: true, force: true });
});

(existsSync(CHROMIUM) ? test : test.skip)(
  "a browser that the provider sends back brings the attempt's cookie, and then the session's strict one",
  async () => {
    const { stdout } = await promisify(execFile)(CHROMIUM, [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      `--user-data-dir=${profile}`,
      "--virtual-time-budget=10000",
      "--dump-dom",
      `${origin}/oidc/sign-in?to=/runs`,
    ]);
    expect(stdout).toContain("<title>Runs · Hookline test</title>");
    expect(stdout).toContain("ada@example.com, may act");
  },
);
