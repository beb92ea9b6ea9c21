import { existsSync } from "node:fs";
import { type Browser, chromium } from "playwright-core";

/** Where Debian, Ubuntu, Fedora and macOS put it. */
const PLACES = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
];

/** Chromium on this machine; undefined where it is not installed. Nothing is ever downloaded. */
export const CHROMIUM = [process.env.CHROMIUM ?? "", ...PLACES].find(
  (path) => path !== "" && existsSync(path),
);

/** What to do where it is not. */
export const NO_CHROMIUM =
  "this needs Chromium: install it (Debian: apt-get install chromium), or name it with CHROMIUM=/path/to/chromium";

/** Starts it without a window. @throws Error where it is not installed. */
export async function startChromium(): Promise<Browser> {
  if (CHROMIUM === undefined) throw new Error(NO_CHROMIUM);
  // It may run as root, as in a container: its pages are this repository's own.
  return await chromium.launch({
    executablePath: CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--disable-lcd-text", "--font-render-hinting=none"],
  });
}
