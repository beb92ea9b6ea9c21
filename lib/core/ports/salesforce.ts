import type { ExactNumber, Json, JsonObject } from "../json.ts";

/** A user's name and what proves it; logs in by SOAP. */
export interface SalesforceUser {
  readonly username: string;
  readonly password: string;
  readonly securityToken: string;
}

/** A connected app's key and secret; logs in by OAuth client credentials. */
export interface SalesforceApp {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Where, as whom, and until when a call is made. */
export interface SalesforceCall {
  readonly credentials: SalesforceUser | SalesforceApp;
  /** `https://login.salesforce.com`, `https://test.salesforce.com`, or the organization's own domain. */
  readonly loginUrl: string;
  /** Of the REST API, e.g. `64.0`. */
  readonly apiVersion: string;
  readonly signal: AbortSignal;
}

/** Whose session it is. The session itself never leaves the adapter. */
export interface SalesforceIdentity {
  readonly instanceUrl: string;
  readonly organizationId: string;
  readonly userId: string;
}

/** Records of a query; `done` is false when there are more than were asked for. */
export interface SalesforceRecords {
  readonly totalSize: number;
  readonly done: boolean;
  readonly records: readonly Json[];
}

/** A record to update: its id, and the fields without it. */
export interface SalesforceUpdate {
  readonly id: string;
  readonly fields: JsonObject;
}

/** A record to create or update: the value of its external id field, and the fields without it. */
export interface SalesforceUpsert {
  readonly externalId: string | number | ExactNumber;
  readonly fields: JsonObject;
}

/**
 * Salesforce's REST API. Sessions are kept for each credentials and renewed once when Salesforce no longer knows one.
 * Names of objects and fields are identifiers; ids may be any text, which stays one segment of an address. The methods
 * whose name ends in `All` send collections of at most 200 and give one result for each record, in order, as Salesforce
 * words it (`{ id, success, errors }`); a record's failure is its result. When a collection after the first fails as a
 * whole, its records' results say so, since repeating the call would repeat what the earlier ones did.
 *
 * Every method throws FlowError: `client_error`, `rate_limited`, `server_error`, `timeout` by Salesforce's error code
 * (status 401 for credentials or sessions that are not accepted), `invalid_output` for what Salesforce would not answer,
 * and what {@link Http} throws. No error holds credentials or a session.
 */
export interface Salesforce {
  login(call: SalesforceCall): Promise<SalesforceIdentity>;
  /** Reads page after page until all records or `maxRecords` are there. */
  query(call: SalesforceCall, soql: string, maxRecords: number): Promise<SalesforceRecords>;
  describe(call: SalesforceCall, object: string): Promise<Json>;
  retrieve(call: SalesforceCall, object: string, id: string): Promise<Json>;
  create(call: SalesforceCall, object: string, fields: JsonObject): Promise<Json>;
  update(call: SalesforceCall, object: string, record: SalesforceUpdate): Promise<Json>;
  upsert(call: SalesforceCall, object: string, field: string, record: SalesforceUpsert): Promise<Json>;
  delete(call: SalesforceCall, object: string, id: string): Promise<Json>;
  createAll(call: SalesforceCall, object: string, records: readonly JsonObject[]): Promise<readonly Json[]>;
  updateAll(
    call: SalesforceCall,
    object: string,
    records: readonly SalesforceUpdate[],
  ): Promise<readonly Json[]>;
  upsertAll(
    call: SalesforceCall,
    object: string,
    field: string,
    records: readonly SalesforceUpsert[],
  ): Promise<readonly Json[]>;
  deleteAll(call: SalesforceCall, ids: readonly string[]): Promise<readonly Json[]>;
}
