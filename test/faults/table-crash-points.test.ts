import { type DynamoDBClient, ScanCommand } from "@aws-sdk/client-dynamodb";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { isSettled } from "../../lib/core/journal.ts";
import { type Dynalite, startDynalite } from "../support/dynalite.ts";
import { type Fault, type Strike, textOfAll } from "../support/faults.ts";
import { outcomeOf, play } from "./trial.ts";
import { CARD, WORKFLOWS } from "./workflows.ts";

// What does not get through is as good as a death before it, here: a third less to wait for.
const FAULTS: readonly Fault[] = ["death before", "death after", "answer lost"];

// Of more new tables at once, dynalite does not have all in time.
const AT_ONCE = 50;

let dynalite: Dynalite;
let client: DynamoDBClient;
beforeAll(async () => {
  dynalite = await startDynalite();
  client = dynalite.client();
});
afterAll(() => dynalite.stop());

async function playOnTable(about: string, strikes: readonly Strike[] = []) {
  const name = await dynalite.createTable();
  const given = WORKFLOWS[about];
  if (!given) throw new Error("no such workflow");
  const trial = await play({ ...given, table: { client, name } }, strikes);
  const { Items: items = [] } = await client.send(new ScanCommand({ TableName: name }));
  return { ...trial, isBlanked: !textOfAll(items).includes(CARD) };
}

test.each(["a history that is blanked", "cached calls, one for items that run at once"])(
  "P1 P2 P4 P5 P7 P8 hold wherever a request to the table is struck: %s",
  async (about) => {
    const undisturbed = await playOnTable(about);
    const races = WORKFLOWS[about]?.races;
    const expected = outcomeOf(undisturbed.run, races);
    expect(expected).toMatchObject({ status: "succeeded" });
    const strikes = undisturbed.calls.flatMap(({ name }, at) =>
      name === "table.send" ? FAULTS.map((fault) => ({ at, fault })) : [],
    );
    const check = async (strike: Strike) => {
      const { answer, run, finals, ranAgain, isBlanked } = await playOnTable(about, [strike]);
      const outcome = outcomeOf(run, races);
      const isEnded = run ? textOfAll(outcome) === textOfAll(expected) : answer?.status !== 202;
      const settled = run?.journal.filter(isSettled).map(({ path }) => path) ?? [];
      const asPromised =
        isEnded &&
        (answer === undefined || (answer.status === 202) === (run !== undefined)) &&
        new Set(finals).size <= 1 &&
        ranAgain.length === 0 &&
        new Set(settled).size === settled.length &&
        isBlanked;
      return asPromised ? [] : [{ strike, answer, finals, ranAgain, isBlanked, outcome }];
    };
    const broken: unknown[] = [];
    for (let at = 0; at < strikes.length; at += AT_ONCE)
      broken.push(...(await Promise.all(strikes.slice(at, at + AT_ONCE).map(check))).flat());
    expect(broken).toEqual([]);
    expect(strikes.length).toBeGreaterThan(30);
  },
);
