import { describe, expect, test } from "@jest/globals";
import { createGuardedHttp } from "../../lib/adapters/http/guarded-http.ts";
import { createSalesforce } from "../../lib/adapters/salesforce/create-salesforce.ts";
import { systemClock } from "../../lib/adapters/system-clock.ts";
import type { JsonObject } from "../../lib/core/json.ts";
import { salesforce } from "../../lib/steps/salesforce.ts";
import { attempt, compiled } from "../support/engine-run.ts";
import { startSalesforceServer, USER } from "../support/salesforce-server.ts";

const problems = (raw: JsonObject) => salesforce.check?.(raw) ?? [];

describe("what an operation takes", () => {
  test.each<JsonObject>([
    {},
    { operation: "query", soql: "SELECT Id FROM Contact" },
    { operation: "retrieve", object: "Contact", id: "${id}" },
    { operation: "create", object: "Contact", record: {} },
    { operation: "update", object: "Contact", id: "x", record: {} },
    { operation: "update", object: "Contact", records: "${all}" },
    { operation: "upsert", object: "Contact", external_id_field: "Ext__c", records: [] },
    { operation: "delete", object: "Contact", id: "x" },
    { operation: "describe", object: "Contact" },
    { operation: "${what}", soql: "x", object: "Contact" },
    { client_id: "a", client_secret: "b", login_url: "https://acme.my.salesforce.com" },
    { client_id: "a", client_secret: "b", login_url: "${env:SF_URL}" },
  ])("%j is fine", (raw) => {
    expect(problems(raw)).toEqual([]);
  });

  test.each<[JsonObject, (string | number)[], string]>([
    [{ soql: "SELECT Id FROM Contact" }, ["soql"], "it is for operation query"],
    [{ operation: "query" }, [], 'needs "soql"'],
    [{ operation: "create", record: {} }, [], 'needs "object"'],
    [{ operation: "create", object: "Contact" }, [], 'either "record" or "records"'],
    [{ operation: "create", object: "Contact", record: {}, records: [] }, ["records"], "either"],
    [
      { operation: "create", object: "Contact", record: {}, id: "x" },
      ["id"],
      "retrieve, update, upsert, delete",
    ],
    [{ operation: "update", object: "Contact", id: "x", records: [] }, ["id"], "its own id"],
    [{ operation: "upsert", object: "Contact", record: {} }, [], 'needs "external_id_field"'],
    [{ client_id: "a", login_url: "${env:SF_URL}" }, [], '"client_secret" is missing'],
    [
      { client_id: "a", client_secret: "b", username: "c", login_url: "${env:SF_URL}" },
      ["username"],
      "without a user",
    ],
    [{ client_id: "a", client_secret: "b" }, [], "https://<domain>.my.salesforce.com"],
    [
      { client_id: "a", client_secret: "b", login_url: "https://test.salesforce.com/" },
      ["login_url"],
      "https://<domain>.my.salesforce.com",
    ],
  ])("%j is told at %j", (raw, at, message) => {
    expect(problems(raw)).toEqual([{ at, message: expect.stringContaining(message) }]);
  });
});

describe("parameters", () => {
  test.each<JsonObject>([
    { object: "Contact/../Account" },
    { object: "Contact?x" },
    { external_id_field: "Ext__c/1" },
    { api_version: "latest" },
    { api_version: "64.0/../x" },
    { login_url: "file:///etc/passwd" },
    { login_url: "http://acme.my.salesforce.com" },
    { login_url: "http://localhost.evil.test" },
    { operation: "drop" },
    { record: [] },
    { records: {} },
    { soql: "" },
    { session: "x" },
  ])("%j is refused", (raw) => {
    expect(salesforce.schema.safeParse(raw).success).toBe(false);
  });

  test.each(["http://127.0.0.1:4000", "http://localhost:4000", "http://[::1]:4000/"])(
    "%s, which leads nowhere else, may go without TLS",
    (url) => {
      expect(salesforce.schema.safeParse({ login_url: url }).success).toBe(true);
    },
  );

  test("a version may be written as a number, an id too", () => {
    expect(salesforce.schema.parse({ api_version: 60, id: 7 })).toMatchObject({
      api_version: "60.0",
      id: "7",
    });
  });
});

test("a run against a server writes and finds records, whatever their names, and keeps nothing secret", async () => {
  const server = await startSalesforceServer(2);
  const http = createGuardedHttp({ allowPrivateHosts: ["127.0.0.1"] });
  try {
    const names = ["x' OR LastName != '", "O'Brien\\", "100 %", "Ada"];
    const at = { type: "salesforce", login_url: server.origin };
    const found = { ...at, operation: "query" };
    const { state, entries } = await attempt({
      workflow: compiled({
        steps: [
          { ...at, operation: "create", object: "Contact", records: "${people}", output_to: "made" },
          { ...found, soql: "SELECT LastName FROM Contact WHERE LastName = '${names[0]}'", output_to: "one" },
          { ...found, soql: "SELECT Id FROM Contact WHERE LastName LIKE '${names[2]}'", output_to: "like" },
          {
            ...found,
            soql: "SELECT Id, LastName FROM Contact WHERE LastName IN (${names})",
            output_to: "all",
          },
          { ...at, operation: "delete", object: "Contact", records: "${all.records}", output_to: "gone" },
        ],
      }),
      event: { names, people: names.map((LastName) => ({ LastName })) },
      env: { SF_USERNAME: USER.username, SF_PASSWORD: USER.password, SF_TOKEN: USER.securityToken },
      ports: { salesforce: createSalesforce(http, systemClock) },
    });
    expect(state).toMatchObject({
      made: names.map(() => ({ success: true })),
      one: { totalSize: 1, records: [{ LastName: names[0] }] },
      like: { totalSize: 1 },
      all: { totalSize: 4, done: true, records: names.map((LastName) => ({ LastName })) },
      gone: names.map(() => ({ success: true })),
    });
    expect(server.records.size).toBe(0);
    expect(server.logins()).toBe(1);
    const kept = JSON.stringify(entries);
    for (const secret of [USER.securityToken, "session-"]) expect(kept).not.toContain(secret);
  } finally {
    await http.close();
    await server.stop();
  }
});
