import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { requestHandler, withoutLogger } from "../aws-clients.ts";

/** The client of the metrics, for functions whose pages wait for it. */
export function cloudWatchClient(): CloudWatchClient {
  return withoutLogger(new CloudWatchClient({ requestHandler: requestHandler() }));
}
