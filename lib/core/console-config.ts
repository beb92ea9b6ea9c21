import * as z from "zod";
import { ingestConfig, runnerConfig, sweeperConfig } from "./config.ts";
import { oidcSchema } from "./oidc.ts";

/** What the console needs. Without tokens it is open, which only a local stack is. */
export const consoleConfig = sweeperConfig
  .extend({
    /** As ingest's: test events are deliveries too. */
    HOOKLINE_MAX_BODY_BYTES: ingestConfig.shape.HOOKLINE_MAX_BODY_BYTES,
    /** Absent: the stage has no inbox. */
    HOOKLINE_INBOX_DLQ_URL: z.url().optional(),
    HOOKLINE_CONSOLE_READ_TOKEN_ID: z.string().min(1).optional(),
    HOOKLINE_CONSOLE_ACT_TOKEN_ID: z.string().min(1).optional(),
    /** Sign-in by a provider, as JSON; absent: by tokens alone. */
    HOOKLINE_CONSOLE_OIDC: z
      .string()
      .transform((text, { addIssue }) => {
        try {
          return JSON.parse(text);
        } catch {
          addIssue("write JSON");
          return z.NEVER;
        }
      })
      .pipe(oidcSchema)
      .optional(),
    /** Where the client's secret is; absent: this function asks the provider for no token. */
    HOOKLINE_CONSOLE_OIDC_SECRET_ID: z.string().min(1).optional(),
    HOOKLINE_FRONT_KEY_ID: ingestConfig.shape.HOOKLINE_FRONT_KEY_ID,
    HOOKLINE_FRONT_OPEN: ingestConfig.shape.HOOKLINE_FRONT_OPEN,
    /** For a provider on this machine. */
    HOOKLINE_ALLOW_PRIVATE_HOSTS: runnerConfig.shape.HOOKLINE_ALLOW_PRIVATE_HOSTS,
    /** Where a local stack keeps what was counted; absent: CloudWatch does. */
    HOOKLINE_METRICS_FOLDER: z.string().min(1).optional(),
  })
  .superRefine((config, { addIssue }) => {
    if (config.HOOKLINE_STAGE === "local") return;
    for (const name of ["HOOKLINE_CONSOLE_READ_TOKEN_ID", "HOOKLINE_CONSOLE_ACT_TOKEN_ID"] as const)
      if (config[name] === undefined)
        addIssue({ code: "custom", path: [name], message: "every stage but the local one is closed" });
  });

/** The environment of the console's functions as their code sees it. */
export type ConsoleConfig = z.infer<typeof consoleConfig>;
