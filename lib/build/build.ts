import { join } from "node:path";
import { FlowError } from "../core/flow-error.ts";
import { formatProblem } from "../language/problem.ts";
import { buildBundles } from "./build-bundles.ts";
import { compileWorkflows } from "./compile-workflows.ts";
import { readStages, STAGES_FILE } from "./read-stages.ts";
import { sizeTable } from "./size-table.ts";
import { writeCatalogs, writeJson } from "./write-catalogs.ts";

const OUT_DIR = "dist";

try {
  const stages = readStages(STAGES_FILE);
  const { workflows, problems } = await compileWorkflows("workflows");
  for (const problem of problems) console.error(`${formatProblem(problem)}\n`);
  if (problems.some(({ severity }) => severity === "error"))
    throw new FlowError("config_error", "Nothing was built: mend the errors above first.");
  const bundles = await buildBundles({ outDir: OUT_DIR, workflows });
  writeCatalogs(OUT_DIR, workflows);
  writeJson(join(OUT_DIR, "stages.json"), stages);
  console.error(`${workflows.length} workflows and ${bundles.length} functions in ${OUT_DIR}/`);
  console.log(sizeTable(bundles));
} catch (error) {
  if (!(error instanceof FlowError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
