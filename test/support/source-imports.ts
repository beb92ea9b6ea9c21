import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

/** A source file of the project, its path relative to the project's folder. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** Files of the project that it imports, as paths of the same kind. */
  readonly files: readonly string[];
  /** Those of them that it loads when it runs: more than types come from there. */
  readonly loads: readonly string[];
  /** Everything else that it imports, as written. */
  readonly packages: readonly string[];
}

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** `import … from "x"`, `export … from "x"`, `import "x"`, `import("x")`; the formatter keeps quotes double. */
const SPECIFIER =
  /(?:^|\n)(?:import|export)\s(?<type>type\s)?(?:[^;"']*?\sfrom\s)?\s*"(?<from>[^"]+)"|\bimport\(\s*"(?<lazy>[^"]+)"/g;

/** Every TypeScript source under the folders, with its imports, type imports too. */
export function readSources(folders: readonly string[]): readonly SourceFile[] {
  return folders
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((name) =>
        join(folder, name),
      ),
    )
    .filter((path) => /\.m?ts$/.test(path) && !path.endsWith(".d.ts"))
    .sort()
    .map((path) => {
      const text = readFileSync(join(ROOT, path), "utf8");
      const imports = [...text.matchAll(SPECIFIER)].map(({ groups = {} }) => ({
        name: groups.from ?? groups.lazy ?? "",
        typesOnly: groups.type !== undefined,
      }));
      const own = imports
        .filter(({ name }) => name.startsWith("."))
        .map(({ name, typesOnly }) => ({ file: relative(ROOT, join(ROOT, dirname(path), name)), typesOnly }));
      return {
        path,
        text,
        files: own.map(({ file }) => file),
        loads: own.filter(({ typesOnly }) => !typesOnly).map(({ file }) => file),
        packages: imports.map(({ name }) => name).filter((name) => !name.startsWith(".")),
      };
    });
}
