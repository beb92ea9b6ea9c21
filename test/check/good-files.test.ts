import { readdirSync, readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { createJq } from "../../lib/adapters/jq/jq-worker-pool.ts";
import { createPython } from "../../lib/adapters/python/python-pool.ts";
import { checkWorkflow } from "../../lib/language/check/check-workflow.ts";
import { formatProblem } from "../../lib/language/problem.ts";
import { servicesOf } from "./checked.ts";

const rows: readonly { says: string; file: string }[] = parse(
  readFileSync(new URL("good-files.yaml", import.meta.url), "utf8"),
);
const jq = createJq();
const python = createPython({ spare: false });
const services = servicesOf(jq, python);
afterAll(() => Promise.all([jq.close(), python.close()]));

async function told(text: string, file: string): Promise<readonly string[]> {
  const { problems } = await checkWorkflow(text, file, services);
  return problems.filter(({ severity }) => severity !== "note").map(formatProblem);
}

describe("a good file is told nothing", () => {
  test.each(rows)("$says", async ({ file }) => {
    expect(await told(file, "flow.yaml")).toEqual([]);
  });

  test("a webhook that asks for a token is not told that its URL is all", async () => {
    const token = `{ field: request.headers.x-token, op: eq, value: "\${env:TOKEN}" }`;
    const file = `environment: [{ name: TOKEN, secret: true }]\nsteps: [{ type: filter, conditions: [${token}] }]\n`;
    const { problems } = await checkWorkflow(file, "flow.yaml", services);
    expect(problems.map(({ id }) => id)).toEqual(["no-description", "no-changelog"]);
  });

  const root = new URL("../../", import.meta.url);
  const shipped = ["workflows", "templates", "docs/steps/examples"].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" })
      .filter((name) => /\.yaml$/.test(name) && !/\.test\.yaml$/.test(name))
      .map((name) => `${folder}/${name}`),
  );
  test.each(shipped)("%s", async (path) => {
    expect(await told(readFileSync(new URL(path, root), "utf8"), path)).toEqual([]);
  });
});
