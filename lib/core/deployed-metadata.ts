import * as z from "zod";

/** The key of a template's metadata under which a deployment says what it brought. */
export const DEPLOYED = "Hookline";

/** What a template says of what it deploys. */
export const deployedMetadata = z.object({
  /** Commit it was made from, where the deployment knew. */
  commit: z.string().optional(),
  /** Hashes of the stage's workflows by name. */
  workflows: z.record(z.string(), z.string()),
});

/** What a template says of what it deploys. */
export type DeployedMetadata = z.infer<typeof deployedMetadata>;
