import type { PathWrite } from "./flow-step.ts";

/** What may stand in the state at one place of a file. */
export interface Scope {
  /** What may have been written under a key of the state's root. */
  at(key: string): Slot;
  /** Names that loops around this place bind. */
  binds(name: string): boolean;
  /** Any key may have been written: by Python, or a merged result. */
  isOpen(): boolean;
  /** Everything that was written here, scopes around it left out; also what was overwritten since. */
  written(): readonly PathWrite[];
  /** Every key that may have been written, scopes around it included. */
  keys(): ReadonlySet<string>;
  /** A step wrote; `certainly` when it runs whenever this place is reached. */
  write(write: PathWrite, certainly: boolean): void;
  /** A step may have written any key. */
  open(): void;
}

/** The writes that a read may meet. */
export interface Slot {
  readonly writes: readonly PathWrite[];
  /** One of the writes certainly took the place of what the event held. */
  readonly replaced: boolean;
}

const NOTHING: Slot = { writes: [], replaced: false };

/** A scope inside another; its writes are its own until they are handed on. */
export function createScope(around?: Scope, variable?: string): Scope {
  const slots = new Map<string, Slot>();
  const written: PathWrite[] = [];
  let open = false;
  return {
    at(key) {
      const own = slots.get(key);
      if (own?.replaced) return own;
      const outer = around?.at(key) ?? NOTHING;
      return own ? { writes: [...outer.writes, ...own.writes], replaced: outer.replaced } : outer;
    },
    binds: (name) => variable === name || (around?.binds(name) ?? false),
    isOpen: () => open || (around?.isOpen() ?? false),
    written: () => written,
    keys: () => new Set([...(around?.keys() ?? []), ...slots.keys()]),
    write(write, certainly) {
      const [key, ...inner] = write.path;
      if (key === undefined) return;
      written.push(write);
      const before = slots.get(key) ?? NOTHING;
      if (certainly && inner.length === 0) slots.set(key, { writes: [write], replaced: true });
      else slots.set(key, { writes: [...before.writes, write], replaced: before.replaced });
    },
    open() {
      open = true;
    },
  };
}
