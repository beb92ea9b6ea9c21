import { FlowError } from "../core/flow-error.ts";

/** Stands in for `re2js` (150 kB) in an ingest whose inputs have no `matches`. */
export const RE2JS = {
  compile(): never {
    throw new FlowError("internal", "this bundle was built for inputs without patterns. Build it again");
  },
};
