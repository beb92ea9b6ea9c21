import * as z from "zod";
import { isNumeric, type Json } from "../core/json.ts";
import { anyJson, jsonMapping } from "../core/schema.ts";
import { textOf } from "../core/template.ts";

/** What the step can do, the default first. */
const OPERATIONS = [
  "login",
  "query",
  "retrieve",
  "create",
  "update",
  "upsert",
  "delete",
  "describe",
] as const;
type Operation = (typeof OPERATIONS)[number];

const name = z
  .string()
  .regex(/^[A-Za-z]\w{0,79}$/, "a name of Salesforce is letters, digits and underscores, e.g. My_Field__c");

const numberAsText = (value: unknown) => (isNumeric(value as Json) ? textOf(value as Json) : value);

/** The step's own parameters. */
export const salesforceParameters = z.strictObject({
  username: z.string().min(1).optional().describe("The API user"),
  password: z.string().min(1).optional().describe("Their password"),
  security_token: z.string().optional().describe("Their security token; empty where none is needed"),
  client_id: z.string().min(1).optional().describe("A connected app's consumer key, instead of a user"),
  client_secret: z.string().min(1).optional().describe("Its consumer secret"),
  login_url: z
    .string()
    .regex(
      /^https:\/\/\S+$|^http:\/\/(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])(?:[:/]\S*)?$/,
      "an address starts with https://, or the password would travel in the open",
    )
    .default("https://login.salesforce.com")
    .describe("Where to log in: a sandbox's or the organization's own domain"),
  api_version: z
    .preprocess(
      (value) => (typeof value === "number" && Number.isInteger(value) ? `${value}.0` : value),
      z.string().regex(/^\d{2,3}\.0$/, "a version is written 64.0"),
    )
    .meta({ type: ["string", "integer"] })
    .default("64.0")
    .describe("Version of the REST API"),
  operation: z.enum(OPERATIONS).default("login").describe("What to do"),
  soql: z.string().min(1).optional().describe("The query; state is inserted as values"),
  object: name.optional().describe("Name of the object, e.g. Contact"),
  id: z
    .preprocess(numberAsText, z.string().min(1))
    .meta({ type: ["string", "number"] })
    .optional()
    .describe("The record's id; with upsert the value of its external id field"),
  external_id_field: name.optional().describe("The field that tells which record it is"),
  record: jsonMapping.optional().describe("The fields to write"),
  records: z.array(anyJson).optional().describe("Several records; delete also takes their ids"),
});

/** The parameters with their templates resolved. */
export type SalesforceParameters = z.infer<typeof salesforceParameters>;

type Parameter = "soql" | "object" | "id" | "external_id_field" | "record" | "records";

const PARAMETERS: readonly Parameter[] = ["soql", "object", "id", "external_id_field", "record", "records"];

/** What each operation takes; of `oneOf` exactly one must be given. */
const TAKES: {
  readonly [Name in Operation]: {
    readonly required: readonly Parameter[];
    readonly oneOf?: readonly [Parameter, Parameter];
    readonly optional?: readonly Parameter[];
  };
} = {
  login: { required: [] },
  query: { required: ["soql"] },
  retrieve: { required: ["object", "id"] },
  create: { required: ["object"], oneOf: ["record", "records"] },
  update: { required: ["object"], oneOf: ["record", "records"], optional: ["id"] },
  upsert: { required: ["object", "external_id_field"], oneOf: ["record", "records"], optional: ["id"] },
  delete: { required: ["object"], oneOf: ["id", "records"] },
  describe: { required: ["object"] },
};

interface Problem {
  readonly at: readonly string[];
  readonly message: string;
}

/** What does not fit together: credentials of both kinds, and what the operation lacks or does not take. */
export function salesforceProblems(raw: { readonly [parameter: string]: unknown }): readonly Problem[] {
  const { operation = "login" } = raw;
  const given = (parameter: string) => raw[parameter] !== undefined;
  const known = OPERATIONS.find((one) => one === operation);
  return [...credentialProblems(given, raw.login_url), ...(known ? operationProblems(known, given) : [])];
}

/** Salesforce lets connected apps log in at an organization's own domain only. */
const SHARED_LOGIN = /^https:\/\/(?:login|test)\.salesforce\.com(?:\/|$)/;

function credentialProblems(given: (parameter: string) => boolean, loginUrl: unknown): Problem[] {
  const app = ["client_id", "client_secret"];
  const missing = app.filter((one) => !given(one));
  if (missing.length === app.length) return [];
  const user = ["username", "password", "security_token"].filter(given);
  return [
    ...missing.map((one) => ({
      at: [],
      message: `"${one}" is missing: client_id and client_secret go together`,
    })),
    ...user.map((one) => ({
      at: [one],
      message: "client_id and client_secret log in without a user: keep one of both",
    })),
    ...(loginUrl === undefined || SHARED_LOGIN.test(String(loginUrl))
      ? [
          {
            at: loginUrl === undefined ? [] : ["login_url"],
            message:
              "client_id and client_secret log in at the organization's own domain: give login_url, https://<domain>.my.salesforce.com",
          },
        ]
      : []),
  ];
}

function operationProblems(operation: Operation, given: (parameter: string) => boolean): Problem[] {
  const { required, oneOf = [], optional = [] } = TAKES[operation];
  const chosen = oneOf.filter(given);
  const taken: readonly string[] = [...required, ...oneOf, ...optional];
  return [
    ...required
      .filter((one) => !given(one))
      .map((one) => ({ at: [], message: `operation ${operation} needs "${one}"` })),
    ...(oneOf.length > 0 && chosen.length !== 1
      ? [{ at: chosen.slice(1), message: `operation ${operation} needs either "${oneOf.join('" or "')}"` }]
      : []),
    ...(given("id") && given("records") && optional.includes("id")
      ? [
          {
            at: ["id"],
            message: "with records each one carries its own id (id is the record's here, never the step's)",
          },
        ]
      : []),
    ...PARAMETERS.filter((one) => given(one) && !taken.includes(one)).map((one) => ({
      at: [one],
      message: `operation ${operation} takes no "${one}"${wayOut(one)}`,
    })),
  ];
}

function wayOut(parameter: Parameter): string {
  const operations = OPERATIONS.filter((one) => {
    const { required, oneOf = [], optional = [] } = TAKES[one];
    return [...required, ...oneOf, ...optional].includes(parameter);
  });
  return `: it is for operation ${operations.join(", ")}`;
}
