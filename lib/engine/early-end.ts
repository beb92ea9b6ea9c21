import type { Interruption } from "../core/step-result.ts";
import type { Journal } from "./journal.ts";
import type { ListEnd } from "./walk.ts";

/**
 * The end of a run before its last step (`stop`, `fail`, a cancelled run), shared by all that walk it at the same time:
 * it wakes those that wait elsewhere, and no further step begins.
 */
export class EarlyEnd {
  readonly #leave = new AbortController();
  #end: Interruption | undefined;

  /** Takes up what an earlier attempt stored: `prefix` is that of the list, empty for the workflow's own steps. */
  constructor(journal: Journal, prefix: string) {
    const stopped = journal.entries.find(
      ({ status, path }) =>
        status === "stopped" && (prefix === "" ? !path.startsWith("on_failure") : path.startsWith(prefix)),
    );
    if (stopped) this.note({ kind: "stop", reason: stopped.note ?? "" });
  }

  /** How the run ends, once it does. */
  get end(): Interruption | undefined {
    return this.#end;
  }

  /** Aborts when {@link end} is there. */
  get signal(): AbortSignal {
    return this.#leave.signal;
  }

  /** Looks at how a list or step ended, and gives it back. */
  note(end: ListEnd): ListEnd {
    if (end.kind === "stop" || (end.kind === "fail" && end.failure.endsRun)) {
      this.#end ??= end;
      this.#leave.abort();
    }
    return end;
  }
}
