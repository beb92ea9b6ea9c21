import { formatProblem } from "../language/problem.ts";
import { buildBundles } from "./build-bundles.ts";
import { compileWorkflows } from "./compile-workflows.ts";
import { sizeTable } from "./size-table.ts";
import { writeCatalogs } from "./write-catalogs.ts";

const OUT_DIR = "dist";

const { workflows, problems } = await compileWorkflows("workflows");
for (const problem of problems) console.error(`${formatProblem(problem)}\n`);

if (problems.some(({ severity }) => severity === "error")) {
  console.error("Nothing was built: mend the errors above first.");
  process.exitCode = 1;
} else {
  const bundles = await buildBundles({ outDir: OUT_DIR });
  await writeCatalogs(OUT_DIR, workflows);
  console.error(`${workflows.length} workflows and ${bundles.length} functions in ${OUT_DIR}/`);
  console.log(sizeTable(bundles));
}
