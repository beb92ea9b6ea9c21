import { FlowError } from "../../core/flow-error.ts";
import { isObject, type Json } from "../../core/json.ts";
import type { SalesforceCall } from "../../core/ports/salesforce.ts";

// REST API, sObject Collections.
const MAX_RECORDS = 200;

/**
 * Sends records in collections, one after another, and gives one result for each, in order. When a collection after the
 * first fails as a whole, it and those behind it (which are not sent) are told in their records' results.
 */
export async function sendCollections<Item>(
  { signal }: SalesforceCall,
  records: readonly Item[],
  send: (part: readonly Item[]) => Promise<Json>,
): Promise<readonly Json[]> {
  const results: Json[] = [];
  while (results.length < records.length) {
    const part = records.slice(results.length, results.length + MAX_RECORDS);
    try {
      results.push(...resultsOf(await send(part), part.length));
    } catch (thrown) {
      if (results.length === 0 || signal.aborted || !(thrown instanceof FlowError)) throw thrown;
      const rest = records.slice(results.length + part.length);
      return [
        ...results,
        ...part.map(() => failedResult(thrown, thrown.message)),
        ...rest.map(() => failedResult(thrown, "not sent, since an earlier collection failed")),
      ];
    }
  }
  return results;
}

function resultsOf(answer: Json, count: number): readonly Json[] {
  if (Array.isArray(answer) && answer.length === count) return answer;
  throw new FlowError(
    "invalid_output",
    `Salesforce answered a collection of ${count} records with what are not ${count} results`,
  );
}

/** In the form that Salesforce gives to a record's failure. */
function failedResult({ class: errorClass, details }: FlowError, message: string): Json {
  const [first] = Array.isArray(details) ? (details as readonly Json[]) : [];
  const statusCode = isObject(first) && first.code !== undefined ? first.code : errorClass;
  return { success: false, errors: [{ statusCode, message, fields: [] }] };
}
