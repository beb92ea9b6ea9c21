import type { JsonObject } from "../../../../lib/core/json.ts";
import type { Chance } from "../chance.ts";
import type { RandomPeers } from "./random-peers.ts";
import type { RandomTexts } from "./random-texts.ts";
import type { Surroundings } from "./surroundings.ts";

/** A workflow file that is being made. */
export interface Draft {
  readonly chance: Chance;
  readonly texts: RandomTexts;
  readonly peers: RandomPeers;
  /** The file's `defaults`. */
  readonly defaults: JsonObject;
  /** Beside the file of the event itself. */
  readonly isChild: boolean;
  readonly traits: Traits;
  /** Calls whose results further steps may share, in this file and in one that is started by it. */
  readonly shared: JsonObject[];
  /** Step types and keys that are left out. */
  readonly without: readonly string[];
  /** How many more steps it may get. */
  left: number;
  /** How many more steps beside others may end its run. */
  enders: number;
  /** A name that no other step of the case has. */
  name(kind: string): string;
  /** Steps, at least one where there may be any. */
  list(most: number, place: Surroundings): JsonObject[];
}

/** What the steps of a file are like as a whole. */
export interface Traits {
  /** A failure is accepted somewhere: one more of them, by a fault, would change the result. */
  accepts: boolean;
  /** Steps beside others may end the run: how far those get is a matter of chance. */
  races: boolean;
  /** Steps share results with others. */
  shares: boolean;
  /** Steps beside others share a result: who makes the call is a matter of chance. */
  sharesBeside: boolean;
  calls: number;
  /** Every `run_workflow`: whether it is in a loop, and whether its run goes on beside this one. */
  readonly starters: { readonly looped: boolean; readonly beside: boolean }[];
}
