import { handler } from "../../../functions/ingest.ts";
import { ingestConfig, readConfig } from "../../../lib/core/config.ts";
import { startHttpFront } from "../../../lib/local/http-front.ts";
import { lambdaContext } from "../../../lib/local/lambda-context.ts";
import { serveRole } from "./serve-role.ts";

/** Ingest's own time limit in the cloud. */
const TIMEOUT_MS = 29_000;

const config = readConfig(ingestConfig, process.env);
const never = new AbortController().signal;
const front = await startHttpFront({
  port: Number(process.argv[2]),
  maxBodyBytes: config.HOOKLINE_MAX_BODY_BYTES,
  invoke: (event) => handler(event, lambdaContext("ingest", TIMEOUT_MS, never)),

  log: console.error,
});
serveRole({ port: Number(new URL(front.url).port) }, () => front.close());
