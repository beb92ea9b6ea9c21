import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { Browser } from "playwright-core";
import type { HttpFront } from "../../lib/local/http-front.ts";
import { axeViolations } from "../support/axe-violations.ts";
import { startChromium } from "../support/chromium.ts";
import { describeInChromium } from "../support/describe-in-chromium.ts";
import { serveConsole } from "../support/serve-console.ts";
import { openPage, type WatchedPage } from "../support/watched-page.ts";
import { type SampleStage, sampleStage } from "./sample-stage.ts";

/** A phone's, in CSS pixels. */
const PHONE = { width: 390, height: 844 };

describeInChromium("every page", () => {
  let stage: SampleStage;
  let front: HttpFront;
  let browser: Browser;

  beforeAll(async () => {
    [stage, browser] = await Promise.all([sampleStage(), startChromium()]);
    front = await serveConsole(stage.app);
  });
  afterAll(async () => {
    await browser?.close();
    await front?.close();
    await stage?.close();
  });

  /** Looks at each page of the stage, and at nothing of it twice. */
  async function onEachPage(
    options: Parameters<typeof openPage>[1],
    look: (watched: WatchedPage) => Promise<readonly string[]>,
  ): Promise<readonly string[]> {
    const found: string[] = [];
    const watched = await openPage(browser, options);
    for (const [name, path] of Object.entries(stage.paths)) {
      await watched.page.goto(front.url + path);
      found.push(...(await look(watched)).map((what) => `${name}: ${what}`));
    }
    found.push(...watched.troubles);
    await watched.close();
    return found;
  }

  /** Opens everything that is folded, and waits for what has to be asked for. */
  async function unfold({ page }: WatchedPage): Promise<void> {
    await page.evaluate("for (const part of document.querySelectorAll('details')) part.open = true");
    await page
      .locator("details[open][data-src]:not(:has([data-part]))")
      .first()
      .waitFor({ state: "detached" });
  }

  test("has nothing that axe finds", async () => {
    const look = async (watched: WatchedPage) => {
      await unfold(watched);
      return axeViolations(watched.page);
    };
    expect(await onEachPage({ colorScheme: "light" }, look)).toEqual([]);
  });

  test("has contrast enough in dark colours too", async () => {
    const look = async (watched: WatchedPage) => {
      await unfold(watched);
      return axeViolations(watched.page, { runOnly: ["color-contrast"] });
    };
    expect(await onEachPage({ colorScheme: "dark" }, look)).toEqual([]);
  });

  test("of a phone's width does not scroll sideways", async () => {
    const found = await onEachPage({ viewport: PHONE }, async ({ page }) => {
      const width = await page.evaluate<number>("document.documentElement.scrollWidth");
      return width > PHONE.width ? [`${width} pixels wide`] : [];
    });
    expect(found).toEqual([]);
  });

  test("says the same without scripts", async () => {
    const titles = new Map<string, string>();
    const headings = async ({ page }: WatchedPage) => {
      titles.set(page.url(), `${await page.title()}: ${await page.locator("h1").textContent()}`);
      return [];
    };
    expect(await onEachPage({}, headings)).toEqual([]);
    const withScripts = new Map(titles);
    expect(await onEachPage({ javaScriptEnabled: false }, headings)).toEqual([]);
    expect(titles).toEqual(withScripts);
    expect(titles.size).toBe(Object.keys(stage.paths).length);
  });
});
