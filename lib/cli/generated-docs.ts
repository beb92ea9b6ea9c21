import { readFileSync } from "node:fs";
import type { Command } from "commander";
import { parse } from "yaml";
import { presetTable, signedPartsTable } from "../language/reference/preset-table.ts";
import { rulesPage } from "../language/reference/rules-page.ts";
import { stagesTable } from "../language/reference/stages-table.ts";
import { stepNotesSchema } from "../language/reference/step-notes.ts";
import { stepPage } from "../language/reference/step-page.ts";
import { stepsIndexPage } from "../language/reference/steps-index-page.ts";
import { writeBetween } from "../language/reference/write-between.ts";
import { stepTypes } from "../steps/registry.ts";
import { cliPage } from "./cli-page.ts";
import { schemaText, stagesSchemaText } from "./schema.ts";

const folder = new URL("../../docs/steps/", import.meta.url);

/**
 * Every file of `docs/` that is made from the step types, the rules, the presets and the keys of stages, by its path.
 * @throws Error when a step type has no example or no notes.
 */
export function generatedDocs(program: Command): ReadonlyMap<string, string> {
  const pages = [...stepTypes].map(([type, step]) => {
    const notes = stepNotesSchema.parse(parse(read(`notes/${type}.yaml`)));
    return [
      `docs/steps/${type}.md`,
      stepPage(step, withoutModeline(read(`examples/${type}.yaml`)), notes),
    ] as const;
  });
  return new Map([
    ["docs/workflow.schema.json", schemaText()],
    ["docs/stages.schema.json", stagesSchemaText()],
    ["docs/deploy.md", writeBetween(read("../deploy.md"), "stages", stagesTable())],
    ["docs/cli.md", cliPage(program)],
    ["docs/rules.md", `${rulesPage()}\n`],
    ["docs/webhooks.md", webhooksPage(read("../webhooks.md"))],
    ["docs/steps/README.md", stepsIndexPage(stepTypes)],
    ...pages,
  ]);
}

/** The written page with the tables that are made. */
function webhooksPage(text: string): string {
  return writeBetween(writeBetween(text, "presets", presetTable()), "signed-parts", signedPartsTable());
}

function read(path: string): string {
  return readFileSync(new URL(path, folder), "utf8");
}

function withoutModeline(text: string): string {
  return text.replace(/^# yaml-language-server:.*\n/, "");
}
