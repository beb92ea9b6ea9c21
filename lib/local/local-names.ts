import { join } from "node:path";

/** The stage the local stack plays. */
export const LOCAL_STAGE = "local";
/** The deployment's id in local webhook URLs. */
export const LOCAL_ORG_ID = "local";
/** Region of every local service; nothing of it ever reaches AWS. */
export const LOCAL_REGION = "us-east-1";
/** Account in queue URLs and ARNs, as the local queue server has it. */
export const LOCAL_ACCOUNT = "000000000000";
/** Any will do: the local services look at none. */
export const LOCAL_CREDENTIALS = { accessKeyId: "local", secretAccessKey: "local" };
/** More runs than one machine ever has open. */
export const MANY_RUNS = 100_000;
/** Where the local stack keeps everything, unless `--data` says otherwise. */
export const DEFAULT_DATA_FOLDER = ".hookline";

/** Where a data folder keeps the tables that the functions read workflows from. */
export const catalogFolder = (dataFolder: string): string => join(dataFolder, "catalog");
