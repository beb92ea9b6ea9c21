import type { AttributeValue } from "@aws-sdk/client-dynamodb";
import type { DeliveryFacts } from "../../core/run.ts";
import { damaged, type Item, number, text } from "./item.ts";

/** What is known of a delivery, as one attribute. */
export function deliveryAttribute({ bytes, sourceIp, preset, isTest }: DeliveryFacts): AttributeValue {
  return {
    M: {
      bytes: number(bytes),
      source_ip: text(sourceIp),
      ...(preset !== undefined && { preset: text(preset) }),
      ...(isTest && { test: { BOOL: true } }),
    },
  };
}

/** The same read back. @throws FlowError `internal` for anything else. */
export function readDelivery(item: Item): DeliveryFacts {
  const { bytes, source_ip, preset, test } = item.delivery?.M ?? {};
  const size = Number(bytes?.N);
  if (!Number.isSafeInteger(size) || source_ip?.S === undefined)
    throw damaged(item, 'has no facts of a delivery in "delivery"');
  return {
    bytes: size,
    sourceIp: source_ip.S,
    ...(preset?.S !== undefined && { preset: preset.S }),
    ...(test?.BOOL && { isTest: true }),
  };
}
