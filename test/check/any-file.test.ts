import { readFileSync } from "node:fs";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { parse } from "yaml";
import { checkWorkflow } from "../../lib/language/check/check-workflow.ts";
import { fixWorkflow } from "../../lib/language/check/fix-workflow.ts";
import { ruleTexts } from "../../lib/language/check/rule-texts.ts";

const read = (name: string) => parse(readFileSync(new URL(name, import.meta.url), "utf8"));
const files: readonly string[] = ["good-files.yaml", "broken-files.yaml"]
  .flatMap(read)
  .map(({ file }) => file);
const ids = ruleTexts().map(({ id }) => id);

/** A file of the corpora in which lines were lost, doubled, swapped with those of another, or cut. */
const damaged = fc
  .tuple(
    fc.constantFrom(...files),
    fc.constantFrom(...files),
    fc.array(fc.tuple(fc.nat(40), fc.nat(40), fc.constantFrom("lose", "double", "take", "cut")), {
      maxLength: 6,
    }),
  )
  .map(([file, other, harm]) => {
    const lines = file.split("\n");
    const others = other.split("\n");
    for (const [at, from, how] of harm) {
      const place = at % lines.length;
      if (how === "lose") lines.splice(place, 1);
      if (how === "double") lines.splice(place, 0, lines[place] ?? "");
      if (how === "take") lines.splice(place, 0, others[from % others.length] ?? "");
      if (how === "cut") lines[place] = (lines[place] ?? "").slice(0, from);
      if (lines.length === 0) lines.push("");
    }
    return lines.join("\n");
  });

test("whatever a file holds, what is said of it stands in it, under a rule that exists", async () => {
  await fc.assert(
    fc.asyncProperty(damaged, async (text) => {
      const { problems } = await checkWorkflow(text, "flow.yaml");
      const lines = text.split("\n");
      for (const { id, line, column } of problems) {
        expect(ids).toContain(id);
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeLessThanOrEqual((lines[line - 1] ?? "").length + 1);
      }
    }),
    { numRuns: 1_000 },
  );
});

test("fixes of any file end, leave no more errors than there were, and find nothing to do the second time", async () => {
  await fc.assert(
    fc.asyncProperty(damaged, async (text) => {
      const errors = (of: { problems: readonly { severity: string }[] }) =>
        of.problems.filter(({ severity }) => severity === "error").length;
      const before = errors(await checkWorkflow(text, "flow.yaml"));
      const once = await fixWorkflow(text, "flow.yaml");
      expect(errors(once)).toBeLessThanOrEqual(before);
      expect((await fixWorkflow(once.text, "flow.yaml")).text).toBe(once.text);
    }),
    { numRuns: 300 },
  );
});
