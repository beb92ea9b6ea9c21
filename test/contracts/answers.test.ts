import { describe, expect, test } from "@jest/globals";
import { createDynamoAnswers } from "../../lib/adapters/dynamo/answers.ts";
import { createMemoryAnswers } from "../../lib/adapters/memory/memory-answers.ts";
import type { Answers } from "../../lib/core/ports/answers.ts";
import { clientOfTable, quietTable } from "../support/simulated-dynamodb.ts";

const LATER = 2_000_000_000;
const answer = {
  status: 201,
  headers: { location: "/x" },
  body: { id: JSON.rawJSON("12345678901234567890") },
};

describe.each<[string, () => Answers]>([
  ["answers in memory", createMemoryAnswers],
  ["answers in a table", () => createDynamoAnswers({ client: clientOfTable(quietTable()), table: "test" })],
])("%s", (_name, open) => {
  test("come back as they were given", async () => {
    const answers = open();
    expect(await answers.get("run")).toBeUndefined();
    expect(await answers.give("run", answer, LATER)).toBe(true);
    expect(await answers.get("run")).toEqual(answer);
    expect(await answers.get("other")).toBeUndefined();
  });

  test("the first one counts; the same once more, as after a lost answer, is the first", async () => {
    const answers = open();
    await answers.give("run", answer, LATER);
    expect(await answers.give("run", answer, LATER)).toBe(true);
    expect(await answers.give("run", { ...answer, status: 200 }, LATER)).toBe(false);
    expect(await answers.get("run")).toEqual(answer);
  });
});

test("an answer that no item holds is refused with its size", async () => {
  const answers = createDynamoAnswers({ client: clientOfTable(quietTable()), table: "test" });
  const large = { status: 200, headers: {}, body: "x".repeat(300_000) };
  await expect(answers.give("run", large, LATER)).rejects.toMatchObject({
    class: "invalid_output",
    message: expect.stringMatching(/^the answer has 3000\d\d bytes, more than the 262144 that/),
  });
});
