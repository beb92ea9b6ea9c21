import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { ConsoleApp } from "./console-app.ts";

const TYPES = {
  "console.css": "text/css; charset=utf-8",
  "console.js": "text/javascript; charset=utf-8",
  "icon.svg": "image/svg+xml",
} as const;

type AssetName = keyof typeof TYPES;

/** Where the files lie: in the source tree beside this module, in a bundle beside its code. */
const FOLDER = new URL("assets/", import.meta.url);
/** Their names hold what is in them: a browser asks once for each. */
const FOREVER = "public, max-age=31536000, immutable";

const assets = new Map(
  (Object.keys(TYPES) as AssetName[]).map((name) => {
    const content = readFileSync(fileURLToPath(new URL(name, FOLDER)), "utf8");
    const hash = createHash("sha256").update(content).digest("hex").slice(0, 12);
    return [name, { content, url: `/assets/${hash}/${name}`, type: TYPES[name] }] as const;
  }),
);

/** Path of a file that pages refer to. */
export function assetUrl(name: AssetName): string {
  return assets.get(name)?.url ?? "";
}

/** Adds the files that pages refer to; they tell nothing of the stage, and need no sign-in. */
export function addAssets(app: ConsoleApp): void {
  for (const { content, url, type } of assets.values())
    app.get(url, (context) => context.body(content, 200, { "content-type": type, "cache-control": FOREVER }));
}
