import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** The worker and jq itself: in the source tree, or beside the bundle whose chunk this module ended in. */
export function jqFiles(): { readonly worker: URL; readonly wasm: string } {
  if (!import.meta.url.endsWith(".ts")) {
    return {
      worker: new URL("jq-worker.mjs", import.meta.url),
      wasm: fileURLToPath(new URL("jq.wasm", import.meta.url)),
    };
  }
  return {
    worker: new URL("jq-worker.ts", import.meta.url),
    wasm: createRequire(import.meta.url).resolve("jq-wasm/jq.wasm"),
  };
}
