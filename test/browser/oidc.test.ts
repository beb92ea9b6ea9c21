import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { createGuardedHttp } from "../../lib/adapters/http/guarded-http.ts";
import { createOidcProvider } from "../../lib/adapters/oidc-provider.ts";
import { oidcSchema } from "../../lib/core/oidc.ts";
import { startChromium } from "../support/chromium.ts";
import { createConsoleWorld } from "../support/console-world.ts";
import { describeInChromium } from "../support/describe-in-chromium.ts";
import { CLIENT, type OidcServer, startOidcServer } from "../support/oidc-server.ts";
import { openPage } from "../support/watched-page.ts";

const http = createGuardedHttp({ allowPrivateHosts: ["127.0.0.1"] });
let front: Server;
let origin: string;
let provider: OidcServer;

beforeAll(async () => {
  front = createServer();
  await new Promise<void>((listening) => front.listen(0, "127.0.0.1", listening));
  // The provider is at 127.0.0.1: another site.
  origin = `http://localhost:${(front.address() as AddressInfo).port}`;
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
});

describeInChromium("a browser", () => {
  test("that the provider sends back brings the attempt's cookie, and then the session's strict one", async () => {
    const browser = await startChromium();
    const { page, troubles } = await openPage(browser);
    await page.goto(`${origin}/oidc/sign-in?to=/runs`);
    await page.waitForURL(`${origin}/runs`);
    expect(await page.title()).toBe("Runs · Hookline test");
    expect(await page.locator("header").textContent()).toContain("ada@example.com, may act");
    expect(troubles).toEqual([]);
    await browser.close();
  });
});
