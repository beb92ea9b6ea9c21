import { PEER_TROUBLES } from "./peers.ts";
import { TROUBLES } from "./weather.ts";

/** Everything that a world injects, as its reports call it. */
export const KINDS_OF_FAULTS: readonly string[] = [
  ...["table", "queue"].flatMap((service) => TROUBLES.map((trouble) => `${service}: ${trouble}`)),
  "table: part of a batch undone",
  "queue: duplicate",
  "queue: late",
  "queue: a deleted message comes again",
  "queue: an entry of a batch refused",
  "queue: received and not executed",
  "queue: a handled message not deleted",
  "process: died",
  "process: stood still",
  "process: came back after its deadline",
  "process: killed at its deadline",
  "process: less time than usual",
  ...PEER_TROUBLES.map((trouble) => `peer: ${trouble}`),
  "sender: the answer got lost",
  "operator: redrive",
  "operator: cancel",
  "operator: replay",
  "deploy",
  "operator: rollback",
];
