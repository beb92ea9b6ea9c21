import { join } from "node:path";

/** The variables this process was started with. The one place that reads them. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** Where a catalog that the build wrote lies: beside the function's code, or where HOOKLINE_CATALOG_DIR says. */
export function catalogFile(name: string): string {
  const { HOOKLINE_CATALOG_DIR, LAMBDA_TASK_ROOT } = environment();
  return join(HOOKLINE_CATALOG_DIR ?? LAMBDA_TASK_ROOT ?? ".", name);
}
