import { isSettled, type JournalEntry } from "../core/journal.ts";

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
  readonly #entered = new Set<string>();
  readonly #append: (entries: readonly JournalEntry[]) => Promise<void>;
  readonly #careful: boolean;
  readonly #onEntry: (entry: JournalEntry) => void;
  readonly #entries: JournalEntry[] = [];
  #below: Map<string, JournalEntry[]> | undefined;
  #pending: JournalEntry[] = [];
  #effectWaits = false;
  #unrepeatableWaits = false;
  #inFlight: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** With `careful` every entry is stored before the next step begins: a death then names its step. */
  constructor(options: {
    readonly past: readonly JournalEntry[];
    append(entries: readonly JournalEntry[]): Promise<void>;
    readonly careful?: boolean;
    onEntry?(entry: JournalEntry): void;
  }) {
    this.#append = options.append;
    this.#careful = options.careful ?? false;
    this.#onEntry = options.onEntry ?? (() => {});
    for (const entry of options.past) this.#index(entry);
  }

  /** The entry of a step that never runs again. */
  settled(path: string): JournalEntry | undefined {
    return this.#settled.get(path);
  }

  /** The last entry of a step that is to run again: its attempts so far, or that it was begun. */
  unsettled(path: string): JournalEntry | undefined {
    return this.#unsettled.get(path);
  }

  /** True when an earlier attempt of the run left an entry below this path. */
  hasBelow(path: string): boolean {
    return this.#entered.has(path);
  }

  /** Everything recorded, earlier attempts included, in order. */
  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** The entries below a path, in order: what the nested steps of a control step did. */
  below(path: string): readonly JournalEntry[] {
    if (!this.hasBelow(path)) return [];
    if (!this.#below) {
      this.#below = new Map();
      for (const entry of this.#entries) this.#addBelow(entry, this.#below);
    }
    return this.#below.get(path) ?? [];
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

  #index(entry: JournalEntry): void {
    this.#entries.push(entry);
    if (this.#below) this.#addBelow(entry, this.#below);
    if (isSettled(entry)) {
      this.#settled.set(entry.path, entry);
      this.#unsettled.delete(entry.path);
    } else this.#unsettled.set(entry.path, entry);
    for (const parent of parentsOf(entry.path)) {
      if (this.#entered.has(parent)) break;
      this.#entered.add(parent);
    }
  }

  #addBelow(entry: JournalEntry, below: Map<string, JournalEntry[]>): void {
    for (const parent of parentsOf(entry.path)) {
      const known = below.get(parent);
      if (known) known.push(entry);
      else below.set(parent, [entry]);
    }
  }
}

/** `4.items.17`, `4.items` and `4` for `4.items.17.1`. */
function* parentsOf(path: string): Generator<string> {
  for (let at = path.lastIndexOf("."); at > 0; at = path.lastIndexOf(".", at - 1)) yield path.slice(0, at);
}
