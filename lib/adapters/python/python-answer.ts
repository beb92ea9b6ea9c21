import * as z from "zod";
import { FlowError } from "../../core/flow-error.ts";
import { formatJson, type Json, parseJson } from "../../core/json.ts";
import type { PythonOutcome, PythonProblem, PythonRequest } from "../../core/ports/python.ts";

/** One line for the interpreter; the state travels as JSON text, so that integers keep their digits. */
export function formatRequest({ code, handler, env, input }: PythonRequest): string {
  return formatJson({ code, handler: handler ?? null, env, event: input });
}

/** The line that asks for pieces of code to be compiled only. */
export function formatCompileRequest(codes: readonly string[]): string {
  return formatJson({ compile: codes });
}

const printed = z.array(z.string());
const failure = z.object({
  message: z.string(),
  type: z.string().nullable(),
  line: z.number().int().nullable(),
});

const problems = z.strictObject({
  problems: z.array(
    z.strictObject({
      index: z.number().int(),
      line: z.number().int(),
      column: z.number().int(),
      message: z.string(),
    }),
  ),
});

/**
 * Reads an interpreter's line. What comes from there is believed in nothing but its form.
 * @throws FlowError `code_error` for a line that is no answer.
 */
export function parseAnswer(line: string): PythonOutcome {
  const answer = z
    .union([z.strictObject({ printed, error: failure }), z.strictObject({ printed, value: z.unknown() })])
    .safeParse(jsonOf(line)).data;
  if (answer === undefined) throw noAnswer();
  if (!("error" in answer)) return { printed: answer.printed, value: answer.value as Json };
  const { message, type, line: number } = answer.error;
  return {
    printed: answer.printed,
    error: new FlowError("code_error", message, { details: { type, line: number } }),
  };
}

/**
 * Reads the answer to {@link formatCompileRequest}.
 * @throws FlowError `code_error` for a line that is no answer.
 */
export function parseProblems(line: string): readonly PythonProblem[] {
  const answer = problems.safeParse(jsonOf(line)).data;
  if (answer === undefined) throw noAnswer();
  return answer.problems;
}

function noAnswer(): FlowError {
  return new FlowError("code_error", "the code broke the interpreter: its answer is no answer");
}

function jsonOf(line: string): unknown {
  try {
    return parseJson(line);
  } catch {
    return undefined;
  }
}
