import { FlowError } from "../../core/flow-error.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Http } from "../../core/ports/http.ts";
import type { SalesforceUser } from "../../core/ports/salesforce.ts";
import { failedAnswer } from "./failed-answer.ts";
import { instanceOrigin, type Session } from "./session.ts";
import { elementText, escapeXml } from "./xml-text.ts";

// The last version whose SOAP login every organization has is 64.0; REST calls name a version of their own.
const LOGIN_PATH = "/services/Soap/u/59.0";
const TIMEOUT_MS = 30_000;

/** Logs a user in by the partner API's `login`. @throws FlowError as the port says. */
export async function soapLogin(
  http: Http,
  clock: Clock,
  loginUrl: string,
  credentials: SalesforceUser,
): Promise<Session> {
  const { username, password, securityToken } = credentials;
  const answer = await http.send({
    method: "POST",
    url: new URL(LOGIN_PATH, loginUrl).href,
    headers: { "Content-Type": "text/xml; charset=utf-8", SOAPAction: "login" },
    body: envelope(username, `${password}${securityToken}`),
    timeoutMs: TIMEOUT_MS,
    // The password goes where the file says, and nowhere else.
    maxRedirects: 0,
  });
  if (answer.status !== 200) throw failedAnswer(answer, [password, securityToken], clock.now());
  const xml = new TextDecoder().decode(answer.body);
  const read = (name: string) => elementText(xml, name);
  const [key, serverUrl] = [read("sessionId"), read("serverUrl")];
  const [organizationId, userId] = [read("organizationId"), read("userId")];
  if (read("passwordExpired") === "true") {
    throw new FlowError(
      "client_error",
      `the password of ${username} has expired: set a new one in Salesforce`,
      { status: 401 },
    );
  }
  if (!key || !serverUrl || !organizationId || !userId) {
    throw new FlowError(
      "invalid_output",
      `what answered at ${loginUrl} is no Salesforce login: check login_url`,
    );
  }
  return { key, instanceUrl: instanceOrigin(serverUrl, loginUrl), organizationId, userId };
}

function envelope(username: string, password: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<env:Envelope xmlns:env="http://schemas.xmlsoap.org/soap/envelope/" xmlns:n1="urn:partner.soap.sforce.com">
<env:Body><n1:login><n1:username>${escapeXml(username)}</n1:username><n1:password>${escapeXml(password)}</n1:password></n1:login></env:Body>
</env:Envelope>`;
}
