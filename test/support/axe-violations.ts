import axe from "axe-core";
import type { Page } from "playwright-core";

/** What axe says of a page, whatever its impact: rule, impact and the beginnings of the elements. */
export async function axeViolations(page: Page, options: axe.RunOptions = {}): Promise<readonly string[]> {
  // As the debugger's own it is let by where the content security policy lets no script by.
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>(
    `axe.run(${JSON.stringify({ resultTypes: ["violations"], ...options })})`,
  );
  return violations.map(
    ({ id, impact, nodes }) =>
      `${id} (${impact}): ${nodes.map(({ html }) => html.slice(0, 160)).join(" | ")}`,
  );
}
