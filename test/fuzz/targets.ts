import { conditions } from "./conditions.ts";
import type { FuzzTarget } from "./fuzz-target.ts";
import { paths } from "./paths.ts";
import { requests } from "./requests.ts";
import { insertedText, templates } from "./templates.ts";
import { workflowFiles } from "./workflow-files.ts";

/** Everything that takes what an author or a sender wrote. */
export const targets: readonly FuzzTarget[] = [
  templates,
  insertedText,
  paths,
  conditions,
  workflowFiles,
  requests,
];
