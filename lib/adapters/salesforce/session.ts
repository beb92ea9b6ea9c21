import { FlowError } from "../../core/flow-error.ts";
import type { SalesforceIdentity } from "../../core/ports/salesforce.ts";
import { webUrl } from "../http/web-url.ts";

/** Who is logged in, with what proves it. The key is sent to `instanceUrl` and nowhere else. */
export interface Session extends SalesforceIdentity {
  readonly key: string;
}

/**
 * The origin that a login named as the organization's own.
 * @throws FlowError `invalid_output` for what is no web address, or would send the session without TLS after a login with it.
 */
export function instanceOrigin(text: string, loginUrl: string): string {
  const fault = (phrase: string) => new FlowError("invalid_output", `Salesforce's login leads to ${phrase}`);
  const url = webUrl(text, fault);
  if (loginUrl.startsWith("https:") && url.protocol !== "https:")
    throw fault(`${url.origin}, which is not https as the login was`);
  return url.origin;
}
