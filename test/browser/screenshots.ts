import { mkdirSync } from "node:fs";
import { stat } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { startChromium } from "../support/chromium.ts";
import { serveConsole } from "../support/serve-console.ts";
import { openPage } from "../support/watched-page.ts";
import { type SamplePage, sampleStage } from "./sample-stage.ts";

/** What stands in README and docs: how high a picture is, in CSS pixels, and what is opened in it. */
const PICTURES: readonly {
  readonly name: string;
  readonly page: SamplePage;
  readonly height: number;
  readonly open?: string;
}[] = [
  { name: "overview", page: "overview", height: 900 },
  { name: "runs", page: "runs", height: 520 },
  { name: "failed-run", page: "failed run", height: 800 },
  { name: "model-run", page: "run of a model", height: 900, open: "#step-1 > details" },
  { name: "workflow", page: "earlier version", height: 900 },
];
const WIDTH = 1024;
const LARGEST_BYTES = 120_000;
const FOLDER = fileURLToPath(new URL("../../docs/images/", import.meta.url));

mkdirSync(FOLDER, { recursive: true });
const [stage, browser] = await Promise.all([sampleStage(), startChromium()]);
const front = await serveConsole(stage.app);
for (const colorScheme of ["light", "dark"] as const) {
  for (const { name, page: shown, height, open } of PICTURES) {
    const { page, troubles, close } = await openPage(browser, {
      colorScheme,
      viewport: { width: WIDTH, height },
      reducedMotion: "reduce",
    });
    await page.goto(front.url + stage.paths[shown]);
    if (open !== undefined) {
      await page.locator(`${open} > summary`).click();
      await page.locator(`${open} [data-part]`).waitFor();
    }
    const path = `${FOLDER}${name}-${colorScheme}.png`;
    await page.screenshot({ path });
    await close();
    const { size } = await stat(path);
    if (troubles.length > 0) throw new Error(`${name}: ${troubles.join("; ")}`);
    if (size > LARGEST_BYTES) throw new Error(`${path}: ${size} bytes are more than ${LARGEST_BYTES}`);
    console.log(`docs/images/${name}-${colorScheme}.png  ${Math.ceil(size / 1000)} kB`);
  }
}
await Promise.all([browser.close(), front.close(), stage.close()]);
