import * as z from "zod";
import { FlowError } from "../../core/flow-error.ts";
import type { JsonObject } from "../../core/json.ts";
import { type Answer, answerRule, httpRule, kindOf, llmAnswer } from "./answer-schema.ts";
import { type AskingStep, askingStep, isNamed } from "./asking-step.ts";
import { nextAnswer, type ScriptedAnswer, scripted, unusedAnswers } from "./sequence.ts";
import { matchesCall, parseCall } from "./url-pattern.ts";

const scriptSchema = z.strictObject({
  answers: z.array(answerRule).default([]),
  http: z.array(httpRule).default([]),
  llm: z.array(llmAnswer).default([]),
});

/** What is asked: an HTTP request, one to a model, or a step's own result. */
interface Question {
  readonly http?: { readonly method: string; readonly url: string };
  readonly model?: string;
  /** Whether an answer of the rule is one for this question; default: all are. */
  fits?(answer: Answer): boolean;
}

/** Answers of one target, in order. */
interface Rule {
  /** What messages call it. */
  readonly name: string;
  /** What it offers, in messages about a question that nobody answers. */
  readonly offers: readonly string[];
  readonly sequence: readonly ScriptedAnswer<Answer>[];
  /** It need not be asked. */
  readonly spare: boolean;
  readonly step?: string | undefined;
  /** It gives results in the step's place. */
  readonly givesResults?: boolean;
  matches(question: Question): boolean;
}

/** An answer and whose it is. */
export interface FoundAnswer {
  readonly answer: Answer;
  readonly name: string;
}

/** Answers that stand in for the network, counted as they are given, and everything that was asked of them. */
export class Script {
  readonly #rules: readonly Rule[];
  /** All calls in order, each with the id of its step where that is known. */
  readonly calls: JsonObject[] = [];
  /** Calls that no rule answered. */
  readonly missed: JsonObject[] = [];

  constructor(rules: readonly Rule[]) {
    this.#rules = rules;
  }

  /** The next answer of the first rule for the question that has one left. */
  next(question: Question): FoundAnswer | undefined {
    const { fits = () => true } = question;
    for (const { name, sequence, matches } of this.#rules) {
      if (!matches(question)) continue;
      const answer = nextAnswer(sequence.filter((one) => fits(one.answer)));
      if (answer) return { answer, name };
    }
    return undefined;
  }

  /** The next answer of a rule that gives the results of a step in the step's place, or of any rule for the step. */
  nextResult(step: AskingStep, ofAnyRule: boolean): FoundAnswer | undefined {
    for (const rule of this.#rules) {
      const { name, sequence } = rule;
      const isTheirs = rule.step !== undefined && isNamed(rule.step, step);
      const answer = isTheirs && (ofAnyRule || rule.givesResults) ? nextAnswer(sequence) : undefined;
      if (answer) return { answer, name };
    }
    return undefined;
  }

  /** Keeps a call, with the step that makes it. */
  asked(call: JsonObject): JsonObject {
    const step = askingStep.getStore();
    const kept = step === undefined ? call : { step: step.id, ...call };
    this.calls.push(kept);
    return kept;
  }

  /** Keeps the call as missed, and gives the fault that says so. */
  miss(what: string, call: JsonObject): Error {
    this.missed.push(call);
    const known = this.#rules.flatMap(({ offers }) => offers);
    return new Error(
      `${what} is not scripted. Scripted: ${known.length === 0 ? "nothing" : known.join(", ")}`,
    );
  }

  /** A word for each answer that was given less often than it should be. */
  unused(): readonly string[] {
    return this.#rules.flatMap(({ name, sequence, spare }) => (spare ? [] : unusedAnswers(name, sequence)));
  }
}

/**
 * Checks a document `{ answers: […], http: [{ method, url, status, headers, body }…], llm: [{ model, text }…] }`.
 * @throws FlowError `config_error` naming what does not fit.
 */
export function parseScript(document: unknown): Script {
  const result = scriptSchema.safeParse(document);
  if (!result.success) {
    const problems = result.error.issues.map(
      ({ path, message }) => `${path.join(".") || "the document"}: ${message}`,
    );
    throw new FlowError("config_error", `the scripted answers do not fit: ${problems.join("; ")}`);
  }
  const { answers, http, llm } = result.data;
  return new Script([
    ...rulesOf(answers),
    ...http.map(ruleOfHttp),
    ...(llm.length > 0 ? [ruleOfLlm(llm)] : []),
  ]);
}

/** The rules of a checked `answers:`; those that are `spare` need not be asked. */
export function rulesOf(entries: readonly z.infer<typeof answerRule>[], spare = false): readonly Rule[] {
  return entries.map(({ step, call, model, ...answers }) => {
    const target = call === undefined ? undefined : parseCall(call);
    const name = [step, call, model].filter((part) => part !== undefined).join(" ");
    const sequence = sequenceOf(answers);
    return {
      name,
      offers: [name],
      sequence,
      spare,
      step,
      givesResults: sequence.some(({ answer }) => kindOf(answer) === "output"),
      matches: (question) =>
        (step === undefined || isNamed(step, askingStep.getStore())) &&
        (target === undefined || (question.http !== undefined && matchesCall(target, question.http))) &&
        (model === undefined || model === question.model),
    };
  });
}

function ruleOfHttp({ method, url, ...answers }: z.infer<typeof httpRule>): Rule {
  const name = `${method ?? "*"} ${url}`;
  return {
    name,
    offers: [name],
    sequence: sequenceOf(answers),
    spare: false,
    matches: ({ http }) => http !== undefined && matchesCall({ method, url }, http),
  };
}

function ruleOfLlm(answers: readonly Answer[]): Rule {
  return {
    name: "llm",
    offers: answers.map(({ model = "*" }) => `llm ${model}`),
    sequence: answers.map((answer) => scripted(answer)),
    spare: false,
    matches: ({ model }) => model !== undefined,
  };
}

function sequenceOf({
  answers,
  times,
  ...own
}: Answer & { readonly answers?: readonly Answer[] | undefined }): ScriptedAnswer<Answer>[] {
  if (answers === undefined) return [scripted({ ...own, times })];
  if (times === undefined) return answers.map((answer) => scripted(answer));
  const round = answers.map((answer) => ({ ...answer, times: answer.times ?? 1 }));
  return Array.from({ length: times }, () => round.map((answer) => scripted(answer))).flat();
}
