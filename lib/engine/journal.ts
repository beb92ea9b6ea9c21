import { addToList } from "../core/add-to-list.ts";
import type { LoopChunks } from "../core/chunk.ts";
import { isSettled, isUnknown, type JournalEntry } from "../core/journal.ts";
import { formatPath, type Path } from "../core/path.ts";
import { standingFailures } from "./standing-failures.ts";

/** How an entry's step behaves, which decides when the entry must be stored. */
export interface EntryTraits {
  /** The step touched the outside world. */
  readonly effect: boolean;
  /** A second try would give the same result. */
  readonly repeatable: boolean;
}

/**
 * The run's journal while it is executed: what earlier attempts left, what this one adds, and when it is stored
 * (execution.md section 2). Entries of concurrent steps that end during a flush share the next one.
 */
export class Journal {
  readonly #settled = new Map<string, JournalEntry>();
  readonly #unsettled = new Map<string, JournalEntry>();
  readonly #chunks = new Map<string, LoopChunks>();
  readonly #below = new Map<string, JournalEntry[]>();
  readonly #append: (entries: readonly JournalEntry[]) => Promise<void>;
  readonly #careful: boolean;
  /** Deliveries of the run that failed before this one. */
  readonly failures: number;
  readonly #standing: Map<string, JournalEntry>;
  readonly #onEntry: (entry: JournalEntry) => void;
  readonly #all: JournalEntry[] = [];
  /** Entries by the paths they wrote: made of the first so many when somebody asks. */
  readonly #writers = new Map<string, JournalEntry[]>();
  #writersOf = 0;
  #pending: JournalEntry[] = [];
  #effectWaits = false;
  #unrepeatableWaits = false;
  #inFlight: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /**
   * With `careful` every entry is stored before the next step begins: a death then names its step. Of the first
   * `before` entries of the past the attempts don't count any more, but with `keepsUnknown` those whose outcome nobody knows.
   */
  constructor(options: {
    readonly past: readonly JournalEntry[];
    readonly before?: number;
    readonly keepsUnknown?: boolean;
    readonly failures?: number;
    append(entries: readonly JournalEntry[]): Promise<void>;
    readonly careful?: boolean;
    onEntry?(entry: JournalEntry): void;
  }) {
    this.#append = options.append;
    this.#careful = options.careful ?? false;
    this.#onEntry = options.onEntry ?? (() => {});
    const { past, before = 0, failures = 0, keepsUnknown = false } = options;
    this.failures = failures;
    this.#standing = new Map(standingFailures(past.slice(before), failures));
    const isOver = (entry: JournalEntry) => isAttempt(entry) && !(keepsUnknown && isUnknown(entry));
    for (const [index, entry] of past.entries()) this.#index(entry, index < before && isOver(entry));
  }

  /** The entry of a step that never runs again. */
  settled(path: string): JournalEntry | undefined {
    return this.#settled.get(path);
  }

  /** The last entry of a step that is to run again: its attempts so far, or that it was begun. */
  unsettled(path: string): JournalEntry | undefined {
    return this.#unsettled.get(path);
  }

  /** The failure of an item or a branch that the run has not come back for. Once: its step may be tried again as a whole. */
  takeStanding(path: string): JournalEntry | undefined {
    const entry = this.#standing.get(path);
    this.#standing.delete(path);
    return entry;
  }

  /** The runs that work through the items of the step at this path, as they were noted last. */
  chunks(path: string): LoopChunks | undefined {
    return this.#chunks.get(path);
  }

  /** True when an earlier attempt of the run left an entry below this path. */
  hasBelow(path: string): boolean {
    return this.#below.has(path);
  }

  /** Everything recorded below this path, in order. */
  below(path: string): readonly JournalEntry[] {
    return this.#below.get(path) ?? [];
  }

  /** The last entry that wrote exactly this path, as the loop item (or, without one, the run) sees it. */
  lastWrite(path: Path, item: string | undefined): JournalEntry | undefined {
    for (; this.#writersOf < this.#all.length; this.#writersOf += 1) {
      const entry = this.#all[this.#writersOf] as JournalEntry;
      for (const write of entry.patch) addToList(this.#writers, formatPath(write.path), entry);
    }
    return this.#writers
      .get(formatPath(path))
      ?.findLast(
        ({ isolated }) => isolated === undefined || isolated === item || item?.startsWith(`${isolated}.`),
      );
  }

  /** Everything recorded, in order. */
  get entries(): readonly JournalEntry[] {
    return this.#all;
  }

  /** True when storing failed: the run cannot go on here. */
  isFailure(error: unknown): boolean {
    return this.#failure !== undefined && this.#failure.error === error;
  }

  record(entry: JournalEntry, traits: EntryTraits): void {
    this.#index(entry);
    this.#pending.push(entry);
    this.#effectWaits ||= traits.effect;
    this.#unrepeatableWaits ||= !traits.repeatable;
    this.#onEntry(entry);
  }

  /** The run cannot go on here for a fault that {@link isFailure} knows from now on: nothing more is stored. */
  abandon(error: unknown): never {
    this.#failure ??= { error };
    throw this.#failure.error;
  }

  /** Called before any step: an effect's entry that waits starts on its way. */
  beforeStep(): Promise<void> | undefined {
    if (this.#careful && this.#pending.length > 0) return this.flush();
    if (this.#effectWaits) this.flush().catch(() => {});
    return undefined;
  }

  /** Resolves when an effect may begin: all earlier effects, and all that could come out differently, are stored. */
  async beforeEffect(): Promise<void> {
    if (this.#failure) throw this.#failure.error;
    if (this.#effectWaits || this.#unrepeatableWaits) return this.flush();
    await (this.#next ?? this.#inFlight);
  }

  /** Stores everything recorded so far. @throws what the store threw; from then on always. */
  flush(): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure.error);
    if (this.#next) return this.#next;
    if (this.#inFlight) {
      this.#next = this.#inFlight.then(() => {
        this.#next = undefined;
        return this.#write();
      });
      this.#next.catch(() => {});
      return this.#next;
    }
    return this.#write();
  }

  /** What no segment holds yet, once everything under way has been stored: it travels with the final write. */
  async takeTail(): Promise<readonly JournalEntry[]> {
    await (this.#next ?? this.#inFlight);
    if (this.#failure) throw this.#failure.error;
    return this.#takePending();
  }

  async #write(): Promise<void> {
    const batch = this.#takePending();
    if (batch.length === 0) return;
    const write = this.#append(batch).catch((error: unknown) => {
      this.#failure = { error };
      throw error;
    });
    this.#inFlight = write;
    try {
      await write;
    } finally {
      this.#inFlight = undefined;
    }
  }

  #takePending(): JournalEntry[] {
    const batch = this.#pending;
    this.#pending = [];
    this.#effectWaits = false;
    this.#unrepeatableWaits = false;
    return batch;
  }

  #index(entry: JournalEntry, isOver = false): void {
    this.#all.push(entry);
    if (entry.chunks) this.#chunks.set(entry.path, entry.chunks);
    if (isSettled(entry)) this.#settled.set(entry.path, entry);
    if (isSettled(entry) || isOver) this.#unsettled.delete(entry.path);
    else this.#unsettled.set(entry.path, entry);
    for (let at = entry.path.lastIndexOf("."); at > 0; at = entry.path.lastIndexOf(".", at - 1)) {
      addToList(this.#below, entry.path.slice(0, at), entry);
    }
  }
}

/** An entry that keeps how often a step was tried; the ones of waits keep what they wait for. */
function isAttempt({ status }: JournalEntry): boolean {
  return status === "failed" || status === "retrying" || status === "started";
}
