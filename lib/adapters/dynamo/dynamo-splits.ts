import type { Json } from "../../core/json.ts";
import type { Splits } from "../../core/ports/splits.ts";
import { NO_SPLITS, readSplits, type SplitTable } from "../../core/split.ts";
import {
  checkLayout,
  damaged,
  type Item,
  keyAttributes,
  number,
  readNumber,
  readText,
  text,
} from "./item.ts";
import { createTable, type TableOptions } from "./table.ts";

const KEY = { pk: "splits", sk: "splits" };

/** How events are shared, in the table of the runs: one item for the stage, so that all of it is one read. */
export function createDynamoSplits(place: TableOptions): Splits {
  const table = createTable(place);
  const read = async (): Promise<SplitTable> => {
    const item = await table.get(KEY);
    return item ? tableOf(item) : NO_SPLITS;
  };
  return {
    read,
    async write({ revision: before, splits }) {
      const revision = before + 1;
      const value = JSON.stringify(splits);
      const item = { ...keyAttributes(KEY), revision: number(revision), splits: text(value) };
      const condition =
        before === 0
          ? { text: "attribute_not_exists(#pk)" }
          : { text: "#revision = :before", values: { ":before": number(before) } };
      if (await table.putIf(item, condition)) return true;
      // The answer to a write of our own may have got lost.
      const found = await read();
      return found.revision === revision && JSON.stringify(found.splits) === value;
    },
  };
}

function tableOf(item: Item): SplitTable {
  checkLayout(item);
  const splits = readSplits(parsed(readText(item, "splits")));
  if (!splits) throw damaged(item, 'does not say in "splits" how events are shared');
  return { revision: readNumber(item, "revision"), splits };
}

function parsed(value: string): Json | undefined {
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
