import { createHash } from "node:crypto";
import { transformSync } from "esbuild";

const options = (path) => ({
  loader: "ts",
  format: "esm",
  target: "node24",
  sourcefile: path,
  sourcemap: "inline",
  sourcesContent: false,
});

/** Strips the types with esbuild: as fast as a native transform, and the checker runs separately. */
export default {
  process: (source, path) => ({ code: transformSync(source, options(path)).code }),
  getCacheKey: (source, path) => createHash("sha256").update(`1\0${path}\0${source}`).digest("hex"),
};
