import { excerpt } from "../core/excerpt.ts";
import { FlowError } from "../core/flow-error.ts";
import { formatJson, isObject, type Json } from "../core/json.ts";
import type { SalesforceCall } from "../core/ports/salesforce.ts";
import { defineStep } from "../core/step.ts";
import type { StepContext } from "../core/step-context.ts";
import { salesforceFacts } from "./salesforce-facts.ts";
import {
  type SalesforceParameters,
  salesforceParameters,
  salesforceProblems,
} from "./salesforce-parameters.ts";
import { changedRecord, knownRecord, newRecord, recordId } from "./salesforce-records.ts";

// All records of a query stand in the state, which every later step carries along.
const MAX_RECORDS = 10_000;

/** Reads and writes the records of a Salesforce organization. */
export const salesforce = defineStep({
  type: "salesforce",
  summary: "Read and write Salesforce records",
  effect: true,
  repeatable: true,
  defaultOutput: "salesforce",
  timeoutSeconds: 60,
  schema: salesforceParameters,
  templates: {
    username: "${env:SF_USERNAME}",
    password: "${env:SF_PASSWORD}",
    security_token: "${env:SF_TOKEN}",
  },
  takesTemplate: (_parameter, raw) => !("client_id" in raw || "client_secret" in raw),
  environment: [
    { name: "SF_USERNAME", secret: false },
    { name: "SF_PASSWORD", secret: true },
    { name: "SF_TOKEN", secret: true },
  ],
  urls: ["login_url"],
  soql: ["soql"],
  dependsOn: () => [],
  facts: salesforceFacts,
  check: salesforceProblems,
  async run(params, context) {
    // An operation that is a template is known only now.
    const [problem] = salesforceProblems(params);
    if (problem) throw new FlowError("invalid_input", problem.message);
    return { kind: "next", output: await perform(params, callOf(params, context), context) };
  },
});

function callOf(params: SalesforceParameters, { signal }: StepContext): SalesforceCall {
  const { client_id: clientId, client_secret: clientSecret, username, password } = params;
  const where = { loginUrl: params.login_url, apiVersion: params.api_version, signal };
  if (clientId !== undefined && clientSecret !== undefined) {
    return { ...where, credentials: { clientId, clientSecret } };
  }
  if (username !== undefined && password !== undefined) {
    return { ...where, credentials: { username, password, securityToken: params.security_token ?? "" } };
  }
  throw new FlowError(
    "config_error",
    "nobody to log in as: give username, password and security_token, or client_id and client_secret",
  );
}

/** Parameters that the operation needs are there: {@link salesforceProblems} looked. */
async function perform(
  params: SalesforceParameters,
  call: SalesforceCall,
  context: StepContext,
): Promise<Json> {
  const { salesforce: port } = context.ports;
  const { object = "", external_id_field: field = "", id, record = {}, records } = params;
  const each = <Item>(read: (item: Json, what: string) => Item) =>
    (records ?? []).map((item, index) => read(item, `records.${index}`));
  switch (params.operation) {
    case "login": {
      const { instanceUrl, organizationId, userId } = await port.login(call);
      return { instance_url: instanceUrl, organization_id: organizationId, user_id: userId };
    }
    case "query": {
      const { totalSize, done, records: found } = await port.query(call, params.soql ?? "", MAX_RECORDS);
      if (!done) {
        context.warn(
          `the query finds ${totalSize} records, of which the first ${found.length} were read: narrow it with WHERE or LIMIT`,
        );
      }
      return { totalSize, done, records: found };
    }
    case "retrieve":
      return port.retrieve(call, object, recordId(id, "id"));
    case "describe":
      return port.describe(call, object);
    case "create":
      if (!records) return port.create(call, object, newRecord(record, "record"));
      return told(await port.createAll(call, object, each(newRecord)), context);
    case "update": {
      if (!records) return port.update(call, object, changedRecord(record, id, "record"));
      const changed = each((item, what) => changedRecord(item, undefined, what));
      return told(await port.updateAll(call, object, changed), context);
    }
    case "upsert": {
      if (!records) return port.upsert(call, object, field, knownRecord(record, field, id, "record"));
      const known = each((item, what) => knownRecord(item, field, undefined, what));
      return told(await port.upsertAll(call, object, field, known), context);
    }
    case "delete": {
      if (!records) return port.delete(call, object, recordId(id, "id"));
      const ids = each((item, what) =>
        isObject(item) ? changedRecord(item, undefined, what).id : recordId(item, what),
      );
      return told(await port.deleteAll(call, ids), context);
    }
  }
}

/** The results, after a warning when some of them are failures. @throws FlowError `client_error` when all are: nothing was written. */
function told(results: readonly Json[], { warn }: StepContext): readonly Json[] {
  const failed = results.filter((result) => isObject(result) && result.success === false);
  const [first] = failed;
  if (!isObject(first)) return results;
  const { errors = null } = first;
  const firstWith = `the first with ${excerpt(formatJson(errors), 300)}`;
  if (failed.length === results.length) {
    const message = `Salesforce refused all ${results.length} records, ${firstWith}`;
    throw new FlowError("client_error", message, { details: errors });
  }
  warn(`${failed.length} of ${results.length} records failed, ${firstWith}`);
  return results;
}
