import type { DeliveryFacts } from "../core/run.ts";

/** Where a delivery came from, in words: its address, and the service or the person behind it where that is known. */
export function senderOf({ sourceIp, preset, isTest }: DeliveryFacts): string {
  const who = isTest ? "test event" : preset;
  return who === undefined ? sourceIp : `${sourceIp} (${who})`;
}
