import { DEFAULT_DATA_FOLDER, LOCAL_STAGE } from "../local/local-names.ts";
import type { HistoryOptions } from "./history.ts";

/** The options that lead another command to the same place. */
export function placeFlags({ stage, data }: HistoryOptions): string {
  if (stage !== LOCAL_STAGE) return ` --stage ${stage}`;
  return data === DEFAULT_DATA_FOLDER ? "" : ` --data ${data}`;
}
