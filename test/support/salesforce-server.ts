import type { ServerResponse } from "node:http";
import { type SeenRequest, startLoopbackServer } from "./loopback-server.ts";
import { parseSoql, type StoredRecord } from "./soql.ts";

/** Who may log in. */
export const USER = { username: "api@acme.test", password: `p&w<1>"'`, securityToken: "TOKEN-value" };
/** Which connected app may. */
export const APP = { clientId: "3MVG9.app", clientSecret: "app+secret/value" };
/** Whose organization it is. */
export const IDENTITY = { organizationId: "00D000000000001EAA", userId: "005000000000001AAA" };

/** What the server answers once in place of its own answer. */
export interface Answer {
  readonly status: number;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: unknown;
}

/** A small Salesforce on loopback: SOAP and OAuth login, and the parts of its REST API that Hookline calls. */
export interface SalesforceServer {
  readonly origin: string;
  readonly seen: readonly SeenRequest[];
  /** Requests to the REST API, as `METHOD path`. */
  readonly calls: () => readonly string[];
  /** Logins so far, the refused ones too. */
  readonly logins: () => number;
  readonly records: Map<string, StoredRecord>;
  /** Puts records in as if they had been created. */
  seed(object: string, records: readonly StoredRecord[]): void;
  expireSessions(): void;
  /** Answers the next request whose address holds `part`. */
  answerOnce(part: string, answer: Answer): void;
  stop(): Promise<void>;
}

const VERSION = /^\/services\/data\/v\d\d\.0(\/.*)$/;
const MAX_COLLECTION = 200;

/** Starts it. Pages of a query hold `pageSize` records, 2,000 as in Salesforce. */
export async function startSalesforceServer(pageSize = 2_000): Promise<SalesforceServer> {
  const records = new Map<string, StoredRecord>();
  const sessions = new Set<string>();
  const cursors = new Map<string, readonly unknown[]>();
  const once: { part: string; answer: Answer }[] = [];
  let [counter, logins] = [0, 0];

  const server = await startLoopbackServer((request, response) => send(response, answerTo(request)));

  function answerTo(request: SeenRequest): Answer {
    const planned = once.findIndex(({ part }) => request.url.includes(part));
    const [first] = planned < 0 ? [] : once.splice(planned, 1);
    if (first) return first.answer;
    if (request.url.startsWith("/services/Soap/u/")) return soap(request);
    if (request.url === "/services/oauth2/token") return oauth(request);
    return sessions.has(request.headers.authorization?.replace("Bearer ", "") ?? "")
      ? rest(request)
      : failure(401, "INVALID_SESSION_ID", "Session expired or invalid");
  }

  function openSession(): string {
    const key = `00D000000000001!AQ4AQ.session-${sessions.size}-${logins}`;
    sessions.add(key);
    return key;
  }

  function soap({ body, headers }: SeenRequest): Answer {
    logins += 1;
    const read = (name: string) =>
      unescapeXml(new RegExp(`<n1:${name}>([^<]*)</n1:${name}>`).exec(body)?.[1]);
    const accepted =
      headers.soapaction !== undefined &&
      read("username") === USER.username &&
      read("password") === `${USER.password}${USER.securityToken}`;
    const refusal = "Invalid username, password, security token; or user locked out.";
    return {
      status: accepted ? 200 : 500,
      headers: { "content-type": "text/xml; charset=utf-8" },
      body: accepted ? loginResponse(server.origin, openSession()) : soapFault("INVALID_LOGIN", refusal),
    };
  }

  function oauth({ body }: SeenRequest): Answer {
    logins += 1;
    const form = Object.fromEntries(new URLSearchParams(body));
    if (form.grant_type !== "client_credentials" || form.client_id !== APP.clientId) {
      return oauthFailure("invalid_client_id", "client identifier invalid");
    }
    if (form.client_secret !== APP.clientSecret) {
      return oauthFailure("invalid_client", "invalid client credentials");
    }
    return { status: 200, body: tokenResponse(server.origin, openSession()) };
  }

  function rest({ method, url, body }: SeenRequest): Answer {
    const { pathname, searchParams } = new URL(url, "http://host");
    const path = VERSION.exec(pathname)?.[1] ?? "";
    const parts = path.split("/").slice(1).map(decodeURIComponent);
    const [resource, second = "", third, fourth] = parts;
    if (resource === "query") {
      return second === ""
        ? query(searchParams.get("q") ?? "")
        : page(second, pathname.split("/query/")[0] ?? "");
    }
    if (resource === "composite") return composite(method, third, fourth, searchParams, body);
    if (resource !== "sobjects" || second === "") return failure(404, "NOT_FOUND", "no such resource");
    if (third === undefined) return method === "POST" ? create(second, JSON.parse(body)) : notAllowed();
    if (third === "describe") {
      return { status: 200, body: { name: second, fields: [{ name: "Id", type: "id" }] } };
    }
    if (fourth !== undefined) return upsertOne(second, third, fourth, JSON.parse(body));
    const record = records.get(third);
    if (record?.type !== second) {
      return failure(404, "NOT_FOUND", "The requested resource does not exist");
    }
    if (method === "GET") return { status: 200, body: shown(record) };
    if (method === "DELETE") return records.delete(third) ? { status: 204 } : notAllowed();
    return method === "PATCH" ? change(third, JSON.parse(body)) : notAllowed();
  }

  function query(soql: string): Answer {
    try {
      const { fields, object, limit, holds } = parseSoql(soql);
      const found = [...records.values()].filter((one) => one.type === object && holds(one)).slice(0, limit);
      const rows = found.map((one) => ({
        attributes: { type: object, url: `/services/data/v64.0/sobjects/${object}/${one.Id}` },
        ...Object.fromEntries(fields.map((field) => [field, one[field] ?? null])),
      }));
      const cursor = `01g${String(++counter).padStart(15, "0")}`;
      cursors.set(cursor, rows);
      return page(`${cursor}-0`, "/services/data/v64.0");
    } catch (error) {
      return failure(400, "MALFORMED_QUERY", (error as Error).message);
    }
  }

  function page(locator: string, root: string): Answer {
    const [cursor = "", offset = "0"] = locator.split("-");
    const rows = cursors.get(cursor);
    if (!rows) return failure(400, "INVALID_QUERY_LOCATOR", "invalid query locator");
    const end = Number(offset) + pageSize;
    const done = end >= rows.length;
    return {
      status: 200,
      body: {
        totalSize: rows.length,
        done,
        ...(!done && { nextRecordsUrl: `${root}/query/${cursor}-${end}` }),
        records: rows.slice(Number(offset), end),
      },
    };
  }

  function create(type: string, fields: StoredRecord): Answer {
    const fault = faultOf(type, fields) ?? ("Id" in fields ? INSERT_WITH_ID : undefined);
    if (fault)
      return {
        status: 400,
        body: [{ message: fault.message, errorCode: fault.statusCode, fields: fault.fields }],
      };
    return { status: 201, body: { id: put(type, fields), success: true, errors: [] } };
  }

  function change(id: string, fields: StoredRecord): Answer {
    if ("Id" in fields || "id" in fields) {
      return failure(400, "INVALID_FIELD", "The Id field should not be specified in the sobject data.");
    }
    records.set(id, { ...records.get(id), ...fields });
    return { status: 204 };
  }

  function upsertOne(type: string, field: string, value: string, fields: StoredRecord): Answer {
    if (field in fields) {
      return failure(400, "INVALID_FIELD", `The ${field} field should not be specified in the sobject data.`);
    }
    const result = upsert(type, field, value, fields);
    if (!result.success)
      return {
        status: 400,
        body: result.errors.map(({ statusCode, ...rest }) => ({ errorCode: statusCode, ...rest })),
      };
    return { status: result.created ? 201 : 200, body: result };
  }

  function upsert(type: string, field: string, value: unknown, fields: StoredRecord): Result {
    const known = [...records].find(([, one]) => one.type === type && one[field] === value)?.[0];
    if (known !== undefined) {
      records.set(known, { ...records.get(known), ...fields });
      return { id: known, success: true, errors: [], created: false };
    }
    const fault = faultOf(type, fields);
    if (fault) return { success: false, errors: [fault] };
    return { id: put(type, { ...fields, [field]: value }), success: true, errors: [], created: true };
  }

  function composite(
    method: string,
    type: string | undefined,
    field: string | undefined,
    search: URLSearchParams,
    body: string,
  ): Answer {
    if (method === "DELETE") {
      const ids = search.get("ids")?.split(",") ?? [];
      if (ids.length > MAX_COLLECTION) return tooMany();
      return { status: 200, body: ids.map(removed) };
    }
    const { allOrNone, records: items } = JSON.parse(body) as { allOrNone: boolean; records: StoredRecord[] };
    if (items.length > MAX_COLLECTION || allOrNone) return tooMany();
    const results = items.map(({ attributes, ...fields }): Result => {
      const { type: own } = attributes as { type: string };
      if (field !== undefined && type !== undefined) {
        const { [field]: value, ...rest } = fields;
        return upsert(type, field, value, rest);
      }
      if (method === "PATCH") return changed(fields);
      const fault = faultOf(own, fields);
      return fault
        ? { success: false, errors: [fault] }
        : { id: put(own, fields), success: true, errors: [] };
    });
    return { status: 200, body: results };
  }

  function changed({ id, ...fields }: StoredRecord): Result {
    if (!records.has(String(id))) return missing(id);
    records.set(String(id), { ...records.get(String(id)), ...fields });
    return { id: String(id), success: true, errors: [] };
  }

  function removed(id: string): Result {
    return records.delete(id) ? { id, success: true, errors: [] } : missing(id);
  }

  function put(type: string, fields: StoredRecord): string {
    const Id = `003${String(++counter).padStart(12, "0")}AAA`;
    records.set(Id, { type, Id, ...fields });
    return Id;
  }

  return {
    origin: server.origin,
    seen: server.seen,
    calls: () =>
      server.seen
        .filter(({ url }) => VERSION.test(url))
        .map(({ method, url }) => `${method} ${VERSION.exec(url)?.[1]}`),
    logins: () => logins,
    records,
    seed(object, rows) {
      for (const row of rows) put(object, row);
    },
    expireSessions: () => sessions.clear(),
    answerOnce: (part, answer) => void once.push({ part, answer }),
    stop: server.stop,
  };
}

interface Fault {
  readonly statusCode: string;
  readonly message: string;
  readonly fields: readonly string[];
}
interface Result {
  readonly id?: string;
  readonly success: boolean;
  readonly errors: readonly Fault[];
  readonly created?: boolean;
}

const INSERT_WITH_ID: Fault = {
  statusCode: "INVALID_FIELD_FOR_INSERT_UPDATE",
  message: "cannot specify Id in an insert call",
  fields: ["Id"],
};

function faultOf(type: string, fields: StoredRecord): Fault | undefined {
  if (type !== "Contact" || fields.LastName) return undefined;
  const message = "Required fields are missing: [LastName]";
  return { statusCode: "REQUIRED_FIELD_MISSING", message, fields: ["LastName"] };
}

function missing(id: unknown): Result {
  const message = `invalid cross reference id: ${id}`;
  return { success: false, errors: [{ statusCode: "INVALID_CROSS_REFERENCE_KEY", message, fields: [] }] };
}

function shown({ type, ...fields }: StoredRecord): StoredRecord {
  return { attributes: { type, url: `/services/data/v64.0/sobjects/${type}/${fields.Id}` }, ...fields };
}

function failure(status: number, errorCode: string, message: string): Answer {
  return { status, body: [{ message, errorCode }] };
}

function notAllowed(): Answer {
  return failure(405, "METHOD_NOT_ALLOWED", "HTTP method not allowed");
}

function tooMany(): Answer {
  return failure(
    400,
    "LIMIT_EXCEEDED",
    "record limit reached. cannot submit more than 200 records into this call",
  );
}

function oauthFailure(error: string, error_description: string): Answer {
  return { status: 400, body: { error, error_description } };
}

function send(response: ServerResponse, { status, headers, body }: Answer): void {
  const isText = typeof body === "string";
  response.writeHead(status, {
    ...(body !== undefined && { "content-type": isText ? "text/html" : "application/json;charset=UTF-8" }),
    ...headers,
  });
  response.end(body === undefined || isText ? body : JSON.stringify(body));
}

function unescapeXml(text: string | undefined): string | undefined {
  const characters: { [entity: string]: string } = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
  return text?.replace(/&(\w+);/g, (_all, entity: string) => characters[entity] ?? "");
}

/** The answer to an OAuth login. */
function tokenResponse(instance: string, token: string) {
  return {
    access_token: token,
    signature: "c2lnbmF0dXJl",
    instance_url: instance,
    id: `https://login.salesforce.com/id/${IDENTITY.organizationId}/${IDENTITY.userId}`,
    token_type: "Bearer",
    issued_at: "1795435200000",
  };
}

/** The answer to a SOAP login. */
export function loginResponse(instance: string, sessionId: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><loginResponse><result><metadataServerUrl>${instance}/services/Soap/m/59.0/00D000000000001</metadataServerUrl><passwordExpired>false</passwordExpired><sandbox>false</sandbox><serverUrl>${instance}/services/Soap/u/59.0/00D000000000001</serverUrl><sessionId>${sessionId}</sessionId><userId>${IDENTITY.userId}</userId><userInfo><accessibilityMode>false</accessibilityMode><organizationId>${IDENTITY.organizationId}</organizationId><sessionSecondsValid>7200</sessionSecondsValid><userId>${IDENTITY.userId}</userId></userInfo></result></loginResponse></soapenv:Body></soapenv:Envelope>`;
}

/** The answer to a SOAP login that is refused. */
export function soapFault(code: string, message: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:sf="urn:fault.partner.soap.sforce.com" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><soapenv:Body><soapenv:Fault><faultcode>sf:${code}</faultcode><faultstring>${code}: ${message}</faultstring><detail><sf:LoginFault xsi:type="sf:LoginFault"><sf:exceptionCode>${code}</sf:exceptionCode><sf:exceptionMessage>${message}</sf:exceptionMessage></sf:LoginFault></detail></soapenv:Fault></soapenv:Body></soapenv:Envelope>`;
}
