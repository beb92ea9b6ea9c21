import type { Json, JsonObject } from "../../core/json.ts";
import type { Clock } from "../../core/ports/clock.ts";
import type { Http } from "../../core/ports/http.ts";
import type { Salesforce, SalesforceCall } from "../../core/ports/salesforce.ts";
import { textOf } from "../../core/template.ts";
import { oauthLogin } from "./oauth-login.ts";
import { queryPages } from "./query-pages.ts";
import { openRest, pathOf } from "./rest.ts";
import { sendCollections } from "./send-collections.ts";
import { createSessions } from "./sessions.ts";
import { soapLogin } from "./soap-login.ts";

/** Salesforce by its REST API, logged in by SOAP or OAuth. Every request goes through `http`; retries are the caller's. */
export function createSalesforce(http: Http, clock: Clock): Salesforce {
  const sessions = createSessions(({ credentials, loginUrl }) =>
    "password" in credentials
      ? soapLogin(http, clock, loginUrl, credentials)
      : oauthLogin(http, clock, loginUrl, credentials),
  );
  const rest = (call: SalesforceCall) => openRest(http, clock, sessions, call);
  const objects = (call: SalesforceCall, ...more: readonly string[]) => pathOf(call, "sobjects", ...more);
  const collections = (call: SalesforceCall, ...more: readonly string[]) =>
    pathOf(call, "composite", "sobjects", ...more);

  return {
    async login(call) {
      const { instanceUrl, organizationId, userId } = await sessions.current(call);
      return { instanceUrl, organizationId, userId };
    },
    query: (call, soql, maxRecords) => queryPages(rest(call), pathOf(call, "query"), soql, maxRecords),
    describe: async (call, object) => rest(call)({ method: "GET", path: objects(call, object, "describe") }),
    retrieve: async (call, object, id) => rest(call)({ method: "GET", path: objects(call, object, id) }),
    create: async (call, object, fields) =>
      rest(call)({ method: "POST", path: objects(call, object), body: fields }),
    async update(call, object, { id, fields }) {
      await rest(call)({ method: "PATCH", path: objects(call, object, id), body: fields });
      return succeeded(id);
    },
    async upsert(call, object, field, { externalId, fields }) {
      const path = objects(call, object, field, textOf(externalId));
      // Versions before 46.0 answer an update with nothing.
      return (await rest(call)({ method: "PATCH", path, body: fields })) ?? UPDATED;
    },
    async delete(call, object, id) {
      await rest(call)({ method: "DELETE", path: objects(call, object, id) });
      return succeeded(id);
    },
    createAll: (call, object, records) =>
      sendCollections(call, records, (part) =>
        rest(call)({ method: "POST", path: collections(call), body: collection(object, part) }),
      ),
    updateAll: (call, object, records) =>
      sendCollections(call, records, (part) => {
        const body = collection(
          object,
          part.map(({ id, fields }) => ({ ...fields, id })),
        );
        return rest(call)({ method: "PATCH", path: collections(call), body });
      }),
    upsertAll: (call, object, field, records) =>
      sendCollections(call, records, (part) => {
        const body = collection(
          object,
          part.map(({ externalId, fields }) => ({ ...fields, [field]: externalId })),
        );
        return rest(call)({ method: "PATCH", path: collections(call, object, field), body });
      }),
    deleteAll: (call, ids) =>
      sendCollections(call, ids, (part) => {
        const query = `ids=${part.map(encodeURIComponent).join(",")}&allOrNone=false`;
        return rest(call)({ method: "DELETE", path: `${collections(call)}?${query}` });
      }),
  };
}

const UPDATED: Json = { success: true, errors: [], created: false };

/** The answer to a write that Salesforce confirms without a word, in the form that it gives to others. */
function succeeded(id: string): Json {
  return { id, success: true, errors: [] };
}

function collection(type: string, records: readonly JsonObject[]): Json {
  return { allOrNone: false, records: records.map((record) => ({ attributes: { type }, ...record })) };
}
