import type { Browser, BrowserContextOptions, Page } from "playwright-core";

/** A page in a window of its own, and everything that went wrong in it. */
export interface WatchedPage {
  readonly page: Page;
  /** Dialogs, errors of scripts and of the console, what the content security policy stopped, answers of 5xx. */
  readonly troubles: readonly string[];
  close(): Promise<void>;
}

/** Opens one with cookies of its own. Times are shown as in Lisbon in winter, which is UTC. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const troubles: string[] = [];
  const context = await browser.newContext({ locale: "en-GB", timezoneId: "Europe/Lisbon", ...options });
  // What the browser cannot find within this time is not there: a test says where it looked, instead of running out of time.
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  page.on("dialog", async (dialog) => {
    troubles.push(`dialog: ${dialog.message()}`);
    await dialog.dismiss();
  });
  page.on("pageerror", (error) => troubles.push(`script: ${error.message}`));
  page.on("console", (message) => {
    // That an answer was 4xx is said by the page itself.
    const isRefusal = /^Failed to load resource: .* status of 4\d\d/.test(message.text());
    if (["error", "warning"].includes(message.type()) && !isRefusal)
      troubles.push(`console: ${message.text()}`);
  });
  page.on("response", (answer) => {
    if (answer.status() >= 500) troubles.push(`${answer.status()}: ${answer.url()}`);
  });
  return { page, troubles, close: () => context.close() };
}
