import { defineConfig } from "vitepress";
import { entryPage } from "./entry-page.ts";
import { headingSlug } from "./heading-slug.ts";
import { plainMarkdown } from "./plain-markdown.ts";

/** `README.md` is what a folder shows in a repository; on the site it is the folder's `index.html`. */
const asIndex = (path: string) => path.replace(/(^|\/)README\.md$/, "$1index.md");

export default defineConfig({
  title: "Hookline",
  description: "Webhooks become workflows that finish.",
  lang: "en",
  outDir: "../dist/site",
  cacheDir: "../node_modules/.cache/vitepress",
  srcExclude: ["steps/examples/**", "steps/notes/**"],
  rewrites: asIndex,
  markdown: { config: plainMarkdown, anchor: { slugify: headingSlug } },
  vite: { build: { target: "es2022" } },
  themeConfig: {
    nav: [
      { text: "Tutorial", link: "/tutorial" },
      { text: "Steps", link: "/steps/" },
      { text: "Command line", link: "/cli" },
    ],
    sidebar: entryPage(),
    outline: [2, 3],
    search: { provider: "local" },
    docFooter: { prev: false, next: false },
  },
});
