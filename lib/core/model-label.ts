import type { Usage } from "./journal.ts";

/** What models count as whose prices are not known. */
export const OTHER_MODELS = "other";

/** What CloudWatch takes as the value of a dimension (CloudWatch API Reference, Dimension), and far shorter. */
const NAME = /^[\x21-\x7e]{1,100}$/;

/**
 * What a model is told apart by where it is counted. An event may choose which model is asked: only those on the price list become
 * series of their own, so that there are few.
 */
export function modelLabel({ model, cost_usd }: Usage): string {
  return cost_usd !== null && NAME.test(model) ? model : OTHER_MODELS;
}
