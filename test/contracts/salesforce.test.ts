import { afterAll, afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { createGuardedHttp } from "../../lib/adapters/http/guarded-http.ts";
import { createSalesforce } from "../../lib/adapters/salesforce/create-salesforce.ts";
import type { HttpRequest } from "../../lib/core/ports/http.ts";
import type { Salesforce, SalesforceCall } from "../../lib/core/ports/salesforce.ts";
import { virtualClock } from "../../lib/testing/virtual-clock.ts";
import {
  APP,
  loginResponse,
  type SalesforceServer,
  soapFault,
  startSalesforceServer,
  USER,
} from "../support/salesforce-server.ts";
import { salesforceContract } from "./salesforce-contract.ts";

const http = createGuardedHttp({ allowPrivateHosts: ["127.0.0.1"] });
const clock = virtualClock(Date.UTC(2026, 10, 23, 12, 0, 0));
afterAll(() => http.close());

salesforceContract("the REST API, logged in by SOAP", ({ origin }) => ({
  salesforce: createSalesforce(http, clock),
  call: { credentials: USER, loginUrl: origin, apiVersion: "64.0" },
  refused: { ...USER, password: "secret<&wrong", securityToken: "secret-token" },
}));

salesforceContract("the REST API, logged in by OAuth", ({ origin }) => ({
  salesforce: createSalesforce(http, clock),
  call: { credentials: APP, loginUrl: `${origin}/`, apiVersion: "59.0" },
  refused: { ...APP, clientSecret: "secret&wrong" },
}));

describe("the client of Salesforce", () => {
  let server: SalesforceServer;
  let salesforce: Salesforce;
  let call: SalesforceCall;
  beforeEach(async () => {
    server = await startSalesforceServer();
    salesforce = createSalesforce(http, clock);
    call = {
      credentials: USER,
      loginUrl: server.origin,
      apiVersion: "64.0",
      signal: new AbortController().signal,
    };
  });
  afterEach(() => server.stop());

  test("keeps a session for each credentials and each place to log in", async () => {
    await salesforce.login(call);
    await salesforce.login({ ...call, credentials: APP });
    await salesforce.login({ ...call, loginUrl: `${server.origin}/` });
    await salesforce.login(call);
    expect(server.logins()).toBe(3);
  });

  test("renews a session once for all who find out in the same moment", async () => {
    let [logins, refused] = [0, 0];
    const answer = (status: number, text: string) => ({
      status,
      headers: {},
      body: new TextEncoder().encode(text),
    });
    const instant = createSalesforce(
      {
        async send({ url, headers }) {
          if (url.includes("/Soap/")) return answer(200, loginResponse(server.origin, `key-${++logins}`));
          if (headers.Authorization === "Bearer key-2") return answer(200, "{}");
          refused += 1;
          return answer(401, "[]");
        },
      },
      clock,
    );
    await instant.login(call);
    await Promise.all(Array.from({ length: 5 }, () => instant.describe(call, "Contact")));
    expect({ logins, refused }).toEqual({ logins: 2, refused: 5 });
  });

  test("asks again after a login that failed", async () => {
    server.answerOnce("/Soap/", { status: 503, headers: { "retry-after": "20" }, body: "maintenance" });
    await expect(salesforce.login(call)).rejects.toMatchObject({
      class: "server_error",
      status: 503,
      retryAfterMs: 20_000,
    });
    expect(await salesforce.login(call)).toMatchObject({ instanceUrl: server.origin });
  });

  test("one caller who leaves does not end the login that others wait for", async () => {
    const leaving = new AbortController();
    const first = salesforce.login({ ...call, signal: leaving.signal });
    const second = salesforce.login(call);
    leaving.abort();
    await expect(first).rejects.toMatchObject({ class: "cancelled" });
    expect(await second).toMatchObject({ instanceUrl: server.origin });
    expect(server.logins()).toBe(1);
  });

  test.each([
    [400, "MALFORMED_ID", "client_error"],
    [403, "REQUEST_LIMIT_EXCEEDED", "rate_limited"],
    [400, "UNABLE_TO_LOCK_ROW", "server_error"],
    [503, "SERVER_UNAVAILABLE", "server_error"],
    [500, "UNKNOWN_EXCEPTION", "server_error"],
    [400, "QUERY_TIMEOUT", "timeout"],
    [403, "INSUFFICIENT_ACCESS", "client_error"],
  ])("status %d with %s is %s", async (status, errorCode, errorClass) => {
    const words = `no: ${USER.securityToken}`;
    server.answerOnce("/describe", { status, body: [{ errorCode, message: words }] });
    await expect(salesforce.describe(call, "Contact")).rejects.toMatchObject({
      class: errorClass,
      status,
      message: `Salesforce answered ${status} ${errorCode}: no: ***`,
      body: JSON.stringify([{ errorCode, message: "no: ***" }]),
    });
  });

  test.each([
    ["SERVER_UNAVAILABLE", "server_error", 500],
    ["LOGIN_RATE_EXCEEDED", "rate_limited", 500],
    ["LOGIN_MUST_USE_SECURITY_TOKEN", "client_error", 500],
    ["INVALID_OPERATION_WITH_EXPIRED_PASSWORD", "client_error", 401],
  ])("a login that fails with %s is %s", async (code, errorClass, status) => {
    const xml = { "content-type": "text/xml" };
    server.answerOnce("/Soap/", { status: 500, headers: xml, body: soapFault(code, "a &amp; b") });
    await expect(salesforce.login(call)).rejects.toMatchObject({
      class: errorClass,
      status,
      message: `Salesforce answered 500 ${code}: a & b`,
    });
  });

  test("an organization without SOAP login is told the way out", async () => {
    const words = "SOAP API login() is disabled by default in this org.";
    server.answerOnce("/Soap/", { status: 500, body: soapFault("INVALID_OPERATION", words) });
    await expect(salesforce.login(call)).rejects.toThrow("log in with client_id and client_secret instead");
    server.answerOnce("/oauth2/", {
      status: 400,
      body: { error: "invalid_grant", error_description: "request not supported on this domain" },
    });
    await expect(salesforce.login({ ...call, credentials: APP })).rejects.toThrow(
      "set login_url to the organization's own domain",
    );
  });

  test("answers are read as XML is: entities by name and number, CDATA, attributes, other prefixes", async () => {
    const words = "<![CDATA[a <b> & c]]> &#8211; &#x2013; &quot;d&quot;";
    server.answerOnce("/Soap/", { status: 500, body: soapFault("INVALID_LOGIN", words) });
    await expect(salesforce.login(call)).rejects.toThrow('INVALID_LOGIN: a <b> & c – – "d"');
    const answer = loginResponse(server.origin, "00D!a&amp;b")
      .replace("<sessionId>", '<sf:sessionId xml:space="preserve"><![CDATA[')
      .replace("</sessionId>", "]]></sf:sessionId>");
    server.answerOnce("/Soap/", { status: 200, body: answer });
    server.answerOnce("/describe", { status: 200, body: {} });
    await salesforce.describe(call, "Contact");
    expect(server.seen.at(-1)?.headers.authorization).toBe("Bearer 00D!a&amp;b");
  });

  test("a password that has expired is told as such", async () => {
    const expired = loginResponse(server.origin, "key").replace(
      "<passwordExpired>false",
      "<passwordExpired>true",
    );
    server.answerOnce("/Soap/", { status: 200, body: expired });
    await expect(salesforce.login(call)).rejects.toMatchObject({ class: "client_error", status: 401 });
  });

  test("a redirect of the login is not followed with the password", async () => {
    server.answerOnce("/Soap/", { status: 307, headers: { location: "https://other.test/x?y" } });
    await expect(salesforce.login(call)).rejects.toMatchObject({
      class: "client_error",
      message: expect.stringContaining("leads to https://other.test/x: set login_url"),
    });
    expect(server.seen).toHaveLength(1);
  });

  test.each([
    ["/Soap/", USER, "<html>Log in</html>"],
    ["/oauth2/", APP, "<html>Log in</html>"],
    ["/oauth2/", APP, { access_token: "key" }],
  ])("%s that answers something else is invalid output", async (part, credentials, body) => {
    server.answerOnce(part, { status: 200, body });
    await expect(salesforce.login({ ...call, credentials })).rejects.toMatchObject({
      class: "invalid_output",
      message: expect.stringContaining("check login_url"),
    });
  });

  test.each([
    ["a page that is none", { records: [] }],
    [
      "a next page elsewhere",
      { totalSize: 9, done: false, records: [], nextRecordsUrl: "https://evil.test/" },
    ],
    [
      "a next page of another host",
      { totalSize: 9, done: false, records: [], nextRecordsUrl: "//evil.test/" },
    ],
    ["no JSON", "<html>"],
  ])("a query that is answered with %s is invalid output", async (_what, body) => {
    server.answerOnce("/query", { status: 200, body });
    await expect(salesforce.query(call, "SELECT Id FROM Contact", 10)).rejects.toMatchObject({
      class: "invalid_output",
    });
    expect(server.calls()).toHaveLength(1);
  });

  test("a query longer than an address is refused before it is sent", async () => {
    const soql = `SELECT Id FROM Contact WHERE Id IN ('${"x".repeat(16_000)}')`;
    await expect(salesforce.query(call, soql, 10)).rejects.toMatchObject({ class: "invalid_input" });
    expect(server.seen).toEqual([]);
  });

  test.each([".", "..", ""])("the id %j addresses nothing else", async (id) => {
    await expect(salesforce.retrieve(call, "Contact", id)).rejects.toMatchObject({ class: "invalid_input" });
    expect(server.seen).toEqual([]);
  });

  test("ids of any text stay one segment, and one id of a list", async () => {
    await salesforce.retrieve(call, "Contact", "a/b?c#../d").catch(() => {});
    await salesforce.deleteAll(call, ["a,b&allOrNone=true"]).catch(() => {});
    expect(server.calls()).toEqual([
      "GET /sobjects/Contact/a%2Fb%3Fc%23..%2Fd",
      "DELETE /composite/sobjects?ids=a%2Cb%26allOrNone%3Dtrue&allOrNone=false",
    ]);
  });

  test("when a later collection fails, its records say so and those behind it are not sent", async () => {
    const records = Array.from({ length: 450 }, (_, index) => ({ LastName: `Contact ${index}` }));
    await salesforce.login(call);
    let sent = 0;
    const flaky = createSalesforce(
      {
        send(request: HttpRequest) {
          if (request.url.includes("/composite/")) sent += 1;
          const body = [{ errorCode: "UNABLE_TO_LOCK_ROW", message: "locked" }];
          if (sent === 2) server.answerOnce("/composite/", { status: 400, body });
          return http.send(request);
        },
      },
      clock,
    );
    const results = await flaky.createAll(call, "Contact", records);
    expect(results).toHaveLength(450);
    expect(results.slice(0, 200).every((one) => (one as { success: boolean }).success)).toBe(true);
    expect(results[200]).toEqual({
      success: false,
      errors: [
        {
          statusCode: "UNABLE_TO_LOCK_ROW",
          message: "Salesforce answered 400 UNABLE_TO_LOCK_ROW: locked",
          fields: [],
        },
      ],
    });
    expect(results[449]).toMatchObject({
      success: false,
      errors: [{ message: expect.stringContaining("not sent") }],
    });
    expect(sent).toBe(2);
  });

  test("when the first collection fails, the call does", async () => {
    server.answerOnce("/composite/", {
      status: 400,
      body: [{ errorCode: "INVALID_FIELD", message: "No such column 'x'" }],
    });
    await expect(salesforce.createAll(call, "Contact", [{ x: 1 }])).rejects.toMatchObject({
      class: "client_error",
      message: expect.stringContaining("INVALID_FIELD"),
    });
  });

  test("a session of an https login never goes out without TLS", async () => {
    const plain = createSalesforce(
      {
        send: async () => ({
          status: 200,
          headers: {},
          body: new TextEncoder().encode(loginResponse("http://acme.my.salesforce.test", "key")),
        }),
      },
      clock,
    );
    await expect(plain.login({ ...call, loginUrl: "https://login.salesforce.com" })).rejects.toMatchObject({
      class: "invalid_output",
    });
  });

  test("exact numbers keep their digits both ways", async () => {
    const fields = JSON.parse('{"LastName":"x"}');
    const exact = JSON.rawJSON("12345678901234567890");
    await salesforce.create(call, "Contact", { ...fields, Big__c: exact });
    expect(server.seen.at(-1)?.body).toContain('"Big__c":12345678901234567890');
    server.answerOnce("/describe", {
      status: 200,
      headers: { "content-type": "application/json" },
      body: '{"n":12345678901234567890}',
    });
    expect(JSON.stringify(await salesforce.describe(call, "Contact"))).toBe('{"n":12345678901234567890}');
  });
});
