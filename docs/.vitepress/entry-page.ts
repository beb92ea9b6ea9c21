import { readFileSync } from "node:fs";
import type { DefaultTheme } from "vitepress";

/** The navigation of the site: each heading of `docs/README.md` with the pages that it lists. */
export function entryPage(): DefaultTheme.SidebarItem[] {
  const text = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const [, ...parts] = text.split(/^## /m);
  return parts.map((part) => ({
    text: part.slice(0, part.indexOf("\n")),
    items: [...part.matchAll(/^ *\* \[([^\]]+)\]\(([^)]+)\.md\)/gm)].map(([, name = "", path = ""]) => ({
      text: name,
      link: `/${path.replace(/README$/, "")}`,
    })),
  }));
}
