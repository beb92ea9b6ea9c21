declare module "dynalite" {
  import type { Server } from "node:http";

  interface DynaliteOptions {
    /** Folder of the LevelDB store; absent: in memory. */
    readonly path?: string;
    readonly createTableMs?: number;
  }
  function dynalite(options?: DynaliteOptions): Server;
  export = dynalite;
}

// The parsers of expressions, which dynalite calls by their module.
declare module "dynalite/db/conditionParser.js" {
  const parser: { parse: import("./parse-once.ts").Parse };
  export = parser;
}
declare module "dynalite/db/updateParser.js" {
  const parser: { parse: import("./parse-once.ts").Parse };
  export = parser;
}
