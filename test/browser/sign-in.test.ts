import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import type { HttpFront } from "../../lib/local/http-front.ts";
import { axeViolations } from "../support/axe-violations.ts";
import { startChromium } from "../support/chromium.ts";
import { type ConsoleWorld, createConsoleWorld, TOKENS } from "../support/console-world.ts";
import { describeInChromium } from "../support/describe-in-chromium.ts";
import { serveConsole } from "../support/serve-console.ts";
import { openPage, type WatchedPage } from "../support/watched-page.ts";
import { runIdOf } from "../support/world.ts";

describeInChromium("the console of a stage", () => {
  let there: ConsoleWorld;
  let front: HttpFront;
  let browser: Browser;
  let watched: WatchedPage;
  let page: Page;
  let failed: string;

  beforeAll(async () => {
    there = createConsoleWorld(
      { file: { steps: [{ type: "fail", message: "as it should" }] } },
      { closed: true },
    );
    failed = runIdOf(await there.world.post({}));
    await there.world.settle();
    [front, browser] = await Promise.all([serveConsole(there.app), startChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await front?.close();
  });
  beforeEach(async () => {
    // To a browser this name is as safe as TLS: it keeps cookies that are for TLS alone.
    watched = await openPage(browser, { baseURL: front.url.replace("127.0.0.1", "localhost") });
    ({ page } = watched);
  });
  afterEach(async () => {
    await watched.close();
    expect(watched.troubles).toEqual([]);
  });

  const signIn = async (token: string) => {
    await page.getByLabel("Token").fill(token);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
  };

  test("is closed to whoever has no token of it, and says so to a wrong one", async () => {
    await page.goto(`/runs/${failed}`);
    await page.waitForURL("**/sign-in?*");
    await signIn("a token that is none");
    expect(await page.getByRole("alert").count()).toBe(1);
    expect(await page.locator("body").textContent()).not.toContain(failed);
    await page.goto("/runs");
    await page.waitForURL("**/sign-in?*");
  });

  test("a token to look leads where one wanted to go, and shows no button that changes something", async () => {
    await page.goto(`/runs/${failed}`);
    await signIn(TOKENS.read);
    await page.waitForURL(`**/runs/${failed}`);
    expect(await page.locator("main button").count()).toBe(0);
  });

  test("a token to act has the buttons; signing out ends it, also for the page that went before", async () => {
    await page.goto(`/runs/${failed}`);
    await signIn(TOKENS.act);
    await page.getByRole("button", { name: "Replay" }).click();
    await page.waitForURL((url) => url.pathname.startsWith("/runs/") && !url.pathname.endsWith(failed));
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL("**/sign-in?*");
    await page.goBack();
    await page.waitForURL("**/sign-in?*");
    await page.goto("/");
    await page.waitForURL("**/sign-in?*");
  });

  test.each(["light", "dark"] as const)(
    "asks for the token in %s colours, with the keyboard alone, on a phone",
    async (colorScheme) => {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width: 390, height: 844 });
      await page.goto("/sign-in");
      expect(await axeViolations(page)).toEqual([]);
      expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBe(390);
      await page.keyboard.type(TOKENS.act);
      await page.keyboard.press("Enter");
      await page.waitForURL((url) => url.pathname === "/");
      expect(await axeViolations(page)).toEqual([]);
      expect(await page.evaluate<number>("document.documentElement.scrollWidth")).toBe(390);
    },
  );

  test("no script of a page can read the session", async () => {
    await page.goto("/");
    await signIn(TOKENS.read);
    await page.getByRole("button", { name: "Sign out" }).waitFor();
    expect(await page.evaluate("document.cookie")).toBe("");
  });
});
