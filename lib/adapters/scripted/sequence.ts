/** An answer in its place: how often it was given, of how often it should be. */
export interface ScriptedAnswer<Answer> {
  readonly answer: Answer;
  /** Absent: once, and again and again when nothing stands behind it. */
  readonly times?: number;
  given: number;
}

/** An answer with its count, not given yet. */
export function scripted<Answer extends { readonly times?: number | undefined }>(
  answer: Answer,
): ScriptedAnswer<Answer> {
  return { answer, given: 0, ...(answer.times !== undefined && { times: answer.times }) };
}

/** The next answer in order, counted as given; the last one repeats unless it says how often. Undefined: used up. */
export function nextAnswer<Answer>(sequence: readonly ScriptedAnswer<Answer>[]): Answer | undefined {
  const last = sequence.at(-1);
  const next =
    sequence.find(({ times = 1, given }) => given < times) ?? (last?.times === undefined ? last : undefined);
  if (next === undefined) return undefined;
  next.given += 1;
  return next.answer;
}

/** A word for each answer that was given less often than it should be. */
export function unusedAnswers(name: string, sequence: readonly ScriptedAnswer<unknown>[]): string[] {
  return sequence.flatMap(({ times = 1, given }, index) =>
    given < times
      ? [`${name}: answer ${index + 1} of ${sequence.length} was given ${given} of ${times} times`]
      : [],
  );
}
