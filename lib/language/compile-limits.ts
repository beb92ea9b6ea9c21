import type * as z from "zod";
import type { InputLimits } from "../core/workflow.ts";
import type { limitKeys } from "./limit-keys.ts";

/** A webhook's limits as the functions read them. */
export function compileLimits({ rate }: z.infer<typeof limitKeys>): InputLimits {
  if (!rate) return {};
  const { count, per: perSeconds, key, over } = rate;
  return { rate: { count, perSeconds, ...(key !== undefined && { key }), over } };
}
