import { hash } from "node:crypto";
import { FlowError } from "../../core/flow-error.ts";
import type { Turn, TurnRequest, Turns } from "../../core/ports/turns.ts";
import { turnAt, turnRate } from "../../core/turn-rate.ts";
import { type Key, layoutVersion, number, readNumber } from "./item.ts";
import { createTable, type Table, type TableOptions } from "./table.ts";

/** Turns of keys, an item for each key in the table of the runs. */
export function createDynamoTurns(place: TableOptions): Turns {
  const table = createTable(place);
  return { take: (request) => takeTurn(table, request) };
}

/**
 * A key that has rested costs one write, one within its burst a refused write, a read and a write, one over its rate no second write.
 * Whoever asks adds to what others have taken, so none of them has to begin again for the others.
 */
async function takeTurn(table: Table, request: TurnRequest): Promise<Turn> {
  const { workflow, key } = request;
  const rate = turnRate(request);
  const { now, interval, latest } = rate;
  const place: Key = { pk: `rate#${workflow}#${hash("sha256", key)}`, sk: "rate" };
  const expiresAt = number(Math.ceil((latest + interval) / 1e6));
  const setDue = (due: string, values: Readonly<Record<string, number>>) => ({
    text: `SET #v = :v, #due = ${due}, #expires_at = :expires_at`,
    values: { ...numbers(values), ":v": layoutVersion, ":expires_at": expiresAt },
  });
  // Between a refusal and the look, clocks of others may be ahead, and DynamoDB may delete what has expired.
  for (let tries = 0; tries < 5; tries++) {
    const hasRested = {
      text: "attribute_not_exists(#due) OR #due <= :now",
      values: numbers({ ":now": now }),
    };
    if (await table.update(place, setDue(":next", { ":next": now + interval }), hasRested))
      return turnAt(now, rate);
    const item = await table.get(place);
    if (!item) continue;
    const turn = turnAt(readNumber(item, "due"), rate);
    if (!turn.taken) return turn;
    const isInTime = {
      text: "#due > :now AND #due <= :latest",
      values: numbers({ ":now": now, ":latest": latest }),
    };
    const changed = await table.updateAndGet(
      place,
      setDue("#due + :interval", { ":interval": interval }),
      isInTime,
    );
    if (changed) return turnAt(readNumber(changed, "due") - interval, rate);
  }
  throw new FlowError("server_error", "the turns of a key come and go");
}

function numbers(values: Readonly<Record<string, number>>) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, number(value)]));
}
