import type { SplitTable } from "../split.ts";

/** How events are shared by versions. Both methods may throw FlowError `connection`, `rate_limited` or `server_error`. */
export interface Splits {
  /** @throws FlowError `internal` for what is damaged. */
  read(): Promise<SplitTable>;
  /** Writes what was made of the table of this revision, as the next one. False: somebody was faster, and nothing is written. */
  write(table: SplitTable): Promise<boolean>;
}
