import type { Bursts } from "../../core/ports/bursts.ts";
import type { Slots } from "../../core/ports/slots.ts";
import type { Turns } from "../../core/ports/turns.ts";
import { createDynamoBursts } from "./dynamo-bursts.ts";
import { createDynamoSlots } from "./dynamo-slots.ts";
import { createDynamoTurns } from "./dynamo-turns.ts";
import type { TableOptions } from "./table.ts";

/** What keeps the limits of a stage's webhooks, across all processes. */
export interface Limits {
  readonly turns: Turns;
  readonly slots: Slots;
  readonly bursts: Bursts;
}

/** All of it in the table of the runs. */
export function createDynamoLimits(place: TableOptions): Limits {
  return {
    turns: createDynamoTurns(place),
    slots: createDynamoSlots(place),
    bursts: createDynamoBursts(place),
  };
}
