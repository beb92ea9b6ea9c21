/**
 * US dollars by the list prices of us-east-1, on demand, without free tiers. Entered by hand on {@link LIST_PRICES.asOf} from
 * what was known of the pages named; nothing fetches them, so look there before you rely on them.
 */
export const LIST_PRICES = {
  asOf: "2026-11-28",
  /** https://aws.amazon.com/lambda/pricing/, arm64, first tier. */
  lambdaGbSecond: 0.0000133334,
  lambdaRequest: 0.2e-6,
  /** https://aws.amazon.com/dynamodb/pricing/on-demand/, standard table class. */
  dynamoWriteUnit: 0.625e-6,
  /** https://aws.amazon.com/sqs/pricing/, standard queue. */
  sqsRequest: 0.4e-6,
  /** https://aws.amazon.com/api-gateway/pricing/, HTTP API. */
  apiRequest: 1e-6,
} as const;
