import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { tableDefinition } from "../../lib/adapters/dynamo/table-definition.ts";
import type { ServiceRequest } from "../faults/sim/service-request.ts";
import { createSimulatedTable, type SimulatedTable } from "../faults/sim/simulated-table.ts";
import { NOON } from "./sample-run.ts";

const TTL_LAG_MS = 48 * 3_600_000;

/** An empty table of the product in this process, without faults; its times in milliseconds. */
export function quietTable({ now = () => NOON, ttlLagMs = TTL_LAG_MS, lagMs = 0 } = {}): SimulatedTable {
  return createSimulatedTable({
    definition: tableDefinition("test"),
    now,
    lagMs: () => lagMs,
    ttlLagMs: () => ttlLagMs,
    undone: () => 0,
    watch() {},
  });
}

/** A client of a table in this process, as far as the adapters use one. */
export function clientOfTable(table: SimulatedTable): DynamoDBClient {
  return clientOf(table) as unknown as DynamoDBClient;
}

/** What the adapters use of a client of the SDK, for a service in this process. */
export function clientOf({ perform }: { perform(request: ServiceRequest): object }) {
  return {
    send: async (command: { readonly input: object }) =>
      perform({ name: command.constructor.name, input: command.input }),
  };
}
