import { applyPatch, type Write } from "../core/journal.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { readPath } from "../core/path.ts";

/** A state that steps read and write: the run's own, or an isolated copy that nobody else sees. */
interface Scope {
  state: JsonObject;
  /** How many isolated copies it lies in; 0: it is the run's own. */
  readonly depth: number;
}

/**
 * What a list of steps sees: a scope, and the writes made through this view. Views of nested blocks share their
 * parent's scope unless they are isolated; states are never changed in place, so an isolated copy is free.
 */
export class View {
  readonly #scope: Scope;
  readonly #parent: View | undefined;
  readonly #writes: Write[] = [];

  private constructor(scope: Scope, parent?: View) {
    this.#scope = scope;
    this.#parent = parent;
  }

  /** The view of a whole run. */
  static of(state: JsonObject): View {
    return new View({ state, depth: 0 });
  }

  /** A block's view of the same state. */
  nested(): View {
    return new View(this.#scope, this);
  }

  /** A block's view of a state of its own, which starts as this one's with the variables bound. */
  isolated(variables: { readonly [name: string]: Json }): View {
    return new View({ state: { ...this.#scope.state, ...variables }, depth: this.#scope.depth + 1 });
  }

  get state(): JsonObject {
    return this.#scope.state;
  }

  /** How many isolated views this one lies in, itself included. */
  get depth(): number {
    return this.#scope.depth;
  }

  /** Everything written through this view, as one object. */
  get written(): JsonObject {
    return applyPatch({}, this.#writes);
  }

  apply(patch: readonly Write[]): void {
    if (patch.length === 0) return;
    this.#scope.state = applyPatch(this.#scope.state, patch);
    for (let view: View | undefined = this; view && view.#scope === this.#scope; view = view.#parent) {
      for (const write of patch) view.#writes.push(write);
    }
  }

  /** Sets variables without recording them as written; the returned writes bring back what they hid. */
  bind(variables: { readonly [name: string]: Json }): Write[] {
    const hidden = Object.keys(variables).map((name): Write => {
      const value = readPath(this.#scope.state, [name]);
      return value === undefined ? { path: [name] } : { path: [name], value };
    });
    this.#scope.state = { ...this.#scope.state, ...variables };
    return hidden;
  }

  /** Undoes {@link bind}. */
  unbind(hidden: readonly Write[]): void {
    this.#scope.state = applyPatch(this.#scope.state, hidden);
  }
}
