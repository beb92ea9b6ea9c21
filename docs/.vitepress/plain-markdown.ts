import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { MarkdownRenderer } from "vitepress";

const DOCS = fileURLToPath(new URL("..", import.meta.url));

/**
 * Shows pages as the repository does: braces in code are no placeholders of the site generator's, and links into the code, which
 * would lead nowhere, are their text.
 */
export function plainMarkdown(markdown: MarkdownRenderer): void {
  markdown.core.ruler.push("plain-markdown", ({ tokens, env }) => {
    const folder = resolve(env.path, "..");
    for (const { children } of tokens) {
      let inside = true;
      for (const token of children ?? []) {
        if (token.type === "code_inline") token.attrSet("v-pre", "");
        if (token.type === "link_open") inside = isInside(folder, String(token.attrGet("href")));
        if (!inside && /^link_/.test(token.type))
          Object.assign(token, { type: "text", tag: "", content: "" });
      }
    }
  });
}

function isInside(folder: string, href: string): boolean {
  if (/^(\w+:|#|\/)/.test(href)) return true;
  return !relative(DOCS, resolve(folder, href)).startsWith("..");
}
