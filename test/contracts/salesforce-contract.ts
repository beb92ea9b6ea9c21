import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { FlowError } from "../../lib/core/flow-error.ts";
import type { Salesforce, SalesforceCall } from "../../lib/core/ports/salesforce.ts";
import { IDENTITY, type SalesforceServer, startSalesforceServer } from "../support/salesforce-server.ts";

/** What every client of Salesforce owes; `open` makes one that logs in to the server in its own way. */
export function salesforceContract(
  name: string,
  open: (server: SalesforceServer) => {
    readonly salesforce: Salesforce;
    readonly call: Omit<SalesforceCall, "signal">;
    /** Credentials that the server does not accept. */
    readonly refused: SalesforceCall["credentials"];
  },
): void {
  describe(name, () => {
    let server: SalesforceServer;
    let salesforce: Salesforce;
    let call: SalesforceCall;
    let refused: SalesforceCall["credentials"];
    beforeEach(async () => {
      server = await startSalesforceServer(3);
      const opened = open(server);
      ({ salesforce, refused } = opened);
      call = { ...opened.call, signal: new AbortController().signal };
    });
    afterEach(() => server.stop());
    const contacts = (count: number) =>
      Array.from({ length: count }, (_, index) => ({ LastName: `Contact ${index}`, Ext__c: `e${index}` }));

    test("a login tells who and where, and no session", async () => {
      expect(await salesforce.login(call)).toEqual({ instanceUrl: server.origin, ...IDENTITY });
    });

    test("credentials that are not accepted are told as such, and not shown", async () => {
      const failure = await salesforce.login({ ...call, credentials: refused }).catch((thrown) => thrown);
      expect(failure).toBeInstanceOf(FlowError);
      expect(failure).toMatchObject({ class: "client_error", status: 401 });
      for (const secret of Object.values(refused).filter((one) => one.includes("secret")))
        expect(JSON.stringify(failure) + failure).not.toContain(secret);
    });

    test("a record is created, read, changed and deleted", async () => {
      const created = await salesforce.create(call, "Contact", { LastName: "Lovelace", Amount__c: 12.5 });
      expect(created).toEqual({ id: expect.any(String), success: true, errors: [] });
      const { id } = created as { id: string };
      expect(await salesforce.update(call, "Contact", { id, fields: { Title: "Countess" } })).toEqual({
        id,
        success: true,
        errors: [],
      });
      expect(await salesforce.retrieve(call, "Contact", id)).toMatchObject({
        attributes: { type: "Contact" },
        LastName: "Lovelace",
        Amount__c: 12.5,
        Title: "Countess",
      });
      expect(await salesforce.delete(call, "Contact", id)).toEqual({ id, success: true, errors: [] });
      await expect(salesforce.retrieve(call, "Contact", id)).rejects.toMatchObject({
        class: "client_error",
        status: 404,
        message: expect.stringContaining("NOT_FOUND"),
      });
    });

    test("a record that Salesforce refuses fails in Salesforce's words", async () => {
      await expect(salesforce.create(call, "Contact", { FirstName: "Ada" })).rejects.toMatchObject({
        class: "client_error",
        status: 400,
        message: "Salesforce answered 400 REQUIRED_FIELD_MISSING: Required fields are missing: [LastName]",
        details: [
          {
            code: "REQUIRED_FIELD_MISSING",
            message: "Required fields are missing: [LastName]",
            fields: ["LastName"],
          },
        ],
      });
    });

    test.each(["e1", "a/b?c#d", "it's 100 %", "ä ☀"])(
      "an upsert by %j creates, then updates",
      async (externalId) => {
        const upsert = (fields: { [name: string]: string }) =>
          salesforce.upsert(call, "Contact", "Ext__c", { externalId, fields });
        const created = await upsert({ LastName: "Lovelace" });
        expect(created).toMatchObject({ success: true, created: true });
        expect(await upsert({ Title: "Countess" })).toEqual({ ...(created as object), created: false });
        expect([...server.records.values()]).toMatchObject([
          { Ext__c: externalId, LastName: "Lovelace", Title: "Countess" },
        ]);
      },
    );

    test("a query reads all pages, and no more records than were asked for", async () => {
      server.seed("Contact", contacts(8));
      const soql = "SELECT LastName FROM Contact";
      const all = await salesforce.query(call, soql, 100);
      expect(all).toMatchObject({ totalSize: 8, done: true });
      expect(all.records).toMatchObject(contacts(8).map(({ LastName }) => ({ LastName })));
      const some = await salesforce.query(call, soql, 5);
      expect(some).toMatchObject({ totalSize: 8, done: false });
      expect(some.records).toHaveLength(5);
      expect(await salesforce.query(call, soql, 8)).toMatchObject({ done: true });
    });

    test("a broken query fails in Salesforce's words", async () => {
      await expect(salesforce.query(call, "SELECT FROM", 10)).rejects.toMatchObject({
        class: "client_error",
        message: expect.stringContaining("MALFORMED_QUERY"),
      });
    });

    test("an object is described", async () => {
      expect(await salesforce.describe(call, "Contact")).toMatchObject({ name: "Contact" });
    });

    test("lists are written in collections of 200, one result for each record, failures among them", async () => {
      const records = contacts(401).map((one, index) => (index === 250 ? { Ext__c: "none" } : one));
      const created = await salesforce.createAll(call, "Contact", records);
      expect(created).toHaveLength(401);
      expect(created[250]).toMatchObject({
        success: false,
        errors: [{ statusCode: "REQUIRED_FIELD_MISSING" }],
      });
      expect(created.filter((one) => (one as { success: boolean }).success)).toHaveLength(400);
      expect(server.calls().filter((one) => one === "POST /composite/sobjects")).toHaveLength(3);

      const ids = created.map((one) => (one as { id?: string }).id ?? "003000000000000AAA");
      const updates = ids.map((id, index) => ({ id, fields: { Rank__c: index } }));
      const updated = await salesforce.updateAll(call, "Contact", updates);
      expect(updated[250]).toMatchObject({ success: false });
      expect(server.records.get(ids[400] ?? "")).toMatchObject({ LastName: "Contact 400", Rank__c: 400 });

      const upserts = [
        { externalId: "e7", fields: { Title: "known" } },
        { externalId: "new", fields: { LastName: "New" } },
        { externalId: "bad", fields: {} },
      ];
      expect(await salesforce.upsertAll(call, "Contact", "Ext__c", upserts)).toMatchObject([
        { success: true, created: false, id: ids[7] },
        { success: true, created: true },
        { success: false },
      ]);

      const deleted = await salesforce.deleteAll(call, ids);
      expect(deleted.map((one) => (one as { success: boolean }).success)).toEqual(
        ids.map((_, index) => index !== 250),
      );
      expect(server.records.size).toBe(1);
    });

    test("an empty list asks nobody", async () => {
      expect(await salesforce.createAll(call, "Contact", [])).toEqual([]);
      expect(server.seen).toEqual([]);
    });

    test("one login serves many calls, however many ask at once", async () => {
      await Promise.all(Array.from({ length: 5 }, () => salesforce.describe(call, "Contact")));
      await salesforce.describe({ ...call }, "Contact");
      expect(server.logins()).toBe(1);
    });

    test("a session that Salesforce no longer knows is renewed, once for all who find out", async () => {
      await salesforce.login(call);
      server.expireSessions();
      await Promise.all(Array.from({ length: 3 }, () => salesforce.describe(call, "Contact")));
      expect(server.logins()).toBe(2);
    });

    test("a session that is refused again fails, and is not shown", async () => {
      await salesforce.login(call);
      const expired = { status: 401, body: [{ errorCode: "INVALID_SESSION_ID", message: "expired" }] };
      server.answerOnce("/describe", expired);
      server.answerOnce("/describe", expired);
      const failure = await salesforce.describe(call, "Contact").catch((thrown) => thrown);
      expect(failure).toMatchObject({ class: "client_error", status: 401 });
      expect(JSON.stringify(failure) + failure).not.toContain("session-");
    });

    test("a signal cancels, and its own FlowError is thrown as it is", async () => {
      const reason = new FlowError("timeout", "the step took too long");
      const aborted = { ...call, signal: AbortSignal.abort(reason) };
      await expect(salesforce.login(aborted)).rejects.toBe(reason);
      await expect(salesforce.describe(aborted, "Contact")).rejects.toBe(reason);
    });
  });
}
