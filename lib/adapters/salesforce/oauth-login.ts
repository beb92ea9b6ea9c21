import * as z from "zod";
import { FlowError } from "../../core/flow-error.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Http, HttpResponse } from "../../core/ports/http.ts";
import type { SalesforceApp } from "../../core/ports/salesforce.ts";
import { failedAnswer } from "./failed-answer.ts";
import { instanceOrigin, type Session } from "./session.ts";

const TIMEOUT_MS = 30_000;

const token = z.object({
  access_token: z.string().min(1),
  instance_url: z.string().min(1),
  // https://login.salesforce.com/id/<organization>/<user>
  id: z.string().regex(/\/id\/\w+\/\w+$/),
});

/** Logs a connected app in by OAuth 2.0 client credentials (RFC 6749 section 4.4). @throws FlowError as the port says. */
export async function oauthLogin(
  http: Http,
  clock: Clock,
  loginUrl: string,
  { clientId, clientSecret }: SalesforceApp,
): Promise<Session> {
  const answer = await http.send({
    method: "POST",
    url: new URL("/services/oauth2/token", loginUrl).href,
    headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "application/json" },
    body: new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
    }).toString(),
    timeoutMs: TIMEOUT_MS,
    maxRedirects: 0,
  });
  if (answer.status !== 200) throw failedAnswer(answer, [clientSecret], clock.now());
  const { success, data } = token.safeParse(jsonOf(answer));
  if (!success) {
    throw new FlowError(
      "invalid_output",
      `what answered at ${loginUrl} is no Salesforce token: check login_url`,
    );
  }
  const [organizationId = "", userId = ""] = data.id.split("/").slice(-2);
  return {
    key: data.access_token,
    instanceUrl: instanceOrigin(data.instance_url, loginUrl),
    organizationId,
    userId,
  };
}

function jsonOf({ body }: HttpResponse): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}
