import type { Operator } from "../app/operator.ts";
import type { LetterBoxes } from "../app/stage-letters.ts";
import type { Accepting } from "../app/store-event.ts";
import type { Deliveries } from "../core/ports/deliveries.ts";
import type { Log } from "../core/ports/log.ts";
import type { MetricReader } from "../core/ports/metric-reader.ts";
import type { Splits } from "../core/ports/splits.ts";
import type { InputCatalog, SampleCatalog } from "../core/ports/workflow-catalog.ts";
import type { Access } from "./access/access.ts";

/** What the pages show of a stage, and what their buttons change. */
export interface ConsoleStage {
  readonly name: string;
  readonly operator: Operator;
  readonly deliveries: Deliveries;
  readonly letterBoxes: LetterBoxes;
  /** What the functions counted. */
  readonly metrics: MetricReader;
  /** The workflows that are deployed to it, and those of other stages. */
  readonly inputs: InputCatalog;
  /** Which versions share events. */
  readonly splits: Pick<Splits, "read">;
  /** Sample events of the workflows. */
  readonly samples: SampleCatalog;
  /** Makes runs of test events. */
  readonly accepting: Accepting;
  readonly access: Access;
  readonly log: Log;
}
