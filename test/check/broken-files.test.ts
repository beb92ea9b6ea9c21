import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { createJq } from "../../lib/adapters/jq/jq-worker-pool.ts";
import { createPython } from "../../lib/adapters/python/python-pool.ts";
import { checkWorkflow } from "../../lib/language/check/check-workflow.ts";
import { RULES } from "../../lib/language/check/rules.ts";
import { servicesOf, shown } from "./checked.ts";

interface Row {
  readonly says: string;
  readonly file: string;
  readonly finds?: readonly string[];
  readonly notes?: readonly string[];
}

const rows: readonly Row[] = parse(readFileSync(new URL("broken-files.yaml", import.meta.url), "utf8"));
const jq = createJq();
const python = createPython({ spare: false });
const services = servicesOf(jq, python);
afterAll(() => Promise.all([jq.close(), python.close()]));

describe("what is wrong with a file is told by rule and place", () => {
  test.each(rows)("$says", async ({ file, finds = [], notes }) => {
    const { problems } = await checkWorkflow(file, "flow.yaml", services);
    const isNote = ({ severity }: { severity: string }) => severity === "note";
    expect(problems.filter((one) => !isNote(one)).map(shown)).toEqual(finds);
    if (notes) expect(problems.filter(isNote).map(shown)).toEqual(notes);
  });
});

test("every rule has a file that breaks it here, but those that have tests of their own", () => {
  const told = rows.flatMap(({ finds = [], notes = [] }) =>
    [...finds, ...notes].map((one) => one.split(" ")[1]),
  );
  const silent = RULES.filter(({ id }) => !told.includes(id)).map(({ id }) => id);
  expect(silent).toEqual(["missing-env", "unknown-workflow", "literal-secret"]);
});
