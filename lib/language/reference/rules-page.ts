import { type NamedRule, ruleTexts } from "../check/rule-texts.ts";
import { RULES } from "../check/rules.ts";
import { LOADER_RULES } from "../loader-rules.ts";
import { AREAS } from "../rule.ts";
import { markdownTable } from "./markdown-table.ts";

/** The reference page of all rules, in Markdown. */
export function rulesPage(): string {
  const texts = ruleTexts();
  const only = (ids: readonly string[]) => texts.filter(({ id }) => ids.includes(id));
  const judged = AREAS.map(
    (area) =>
      `## ${area.replace(/^./, (letter) => letter.toUpperCase())}\n\n${table(only(RULES.filter((rule) => rule.area === area).map(({ id }) => id)))}`,
  );
  const loading = Object.keys(LOADER_RULES);
  const others = texts.filter(({ id }) => !loading.includes(id) && !RULES.some((rule) => rule.id === id));
  return [
    INTRODUCTION,
    ...judged,
    `## What loading a file finds\n\nThese are told by \`run\`, \`start\` and the build too. Errors of this list stop them; no comment switches those off.\n\n${table(only(loading))}`,
    `## Comments\n\n${table(others)}`,
  ].join("\n\n");
}

const INTRODUCTION = `# Rules

What \`hookline check\` looks at. This page is made from the rules themselves: \`npm run reference\` writes it.

An **error** keeps a file from working, or a secret from being one. A **warning** is a mistake, or a risk that its author should
decide about. A **note** is advice: it is shown with \`--notes\`, counts with \`--strict\`, and is part of \`--checklist\`.

A comment switches a rule off where its author knows better: \`hookline-disable\` for the file, \`hookline-disable-next-line\` for
the line below, \`hookline-disable-line\` for its own. Several rules are parted by commas; what stands behind \`--\` says why.

\`\`\`yaml
# hookline-disable no-changelog, no-description
steps:
  # hookline-disable-next-line no-retries -- a ping that may fail
  - type: http_call
    url: https://status.example.com/ping
  - type: slack_webhook # hookline-disable-line no-retries
    text: pinged
\`\`\`

What is judged is the way of the data through the file: which paths each step reads and writes, in which branch, loop or view.
An event may hold any key, so a path that no step writes is told only when it is surely or very likely wrong: a slip of a known
name, a step's id in place of its result, a part that a result does not have, a value of another branch or of an isolated item,
a loop's variable outside its loop.
\`\${input.x}\` says that \`x\` comes with the event, and is never doubted.`;

function table(rules: readonly NamedRule[]): string {
  return markdownTable(
    ["rule", "severity", "what holds for a good file", "why"],
    rules.map(({ id, severity, summary, why }) => [`\`${id}\``, severity, summary, why]),
  );
}
