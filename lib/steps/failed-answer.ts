import { excerpt } from "../core/excerpt.ts";
import { FlowError } from "../core/flow-error.ts";
import { classOfStatus } from "../core/http-status.ts";
import type { HttpResponse } from "../core/ports/http.ts";
import { parseRetryAfter } from "../core/retry-after.ts";
import { answerText } from "./answer-body.ts";

/** The failure that an answer with an unwanted status is; `who` begins its sentence. `nowMs` dates a `Retry-After`. */
export function failedAnswer(who: string, response: HttpResponse, nowMs: number): FlowError {
  const body = answerText(response);
  const told = excerpt(body.replace(/\s+/g, " ").trim(), 200);
  const retryAfterMs = parseRetryAfter(response.headers["retry-after"], nowMs);
  return new FlowError(
    classOfStatus(response.status),
    `${who} answered ${response.status}${told === "" ? "" : `: ${told}`}`,
    { status: response.status, body, ...(retryAfterMs !== undefined && { retryAfterMs }) },
  );
}
