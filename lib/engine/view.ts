import { applyPatch, type Write } from "../core/journal.ts";
import type { Json, JsonObject } from "../core/json.ts";
import { readPath } from "../core/path.ts";

/** A state that steps read and write: the run's own, or an isolated copy that nobody else sees. */
interface Scope {
  state: JsonObject;
  /** Variables of the loops that are under way on this state. */
  variables: readonly string[];
  /** Path of the loop item that has it for its own; absent: the run's. */
  readonly item?: string;
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
    return new View({ state, variables: [] });
  }

  /** A block's view of the same state. */
  nested(): View {
    return new View(this.#scope, this);
  }

  /** A loop item's view of a state of its own, which starts as this one's with the variables bound. */
  isolated(variables: { readonly [name: string]: Json }, item: string): View {
    return new View({ state: { ...this.#scope.state, ...variables }, variables: [], item });
  }

  get state(): JsonObject {
    return this.#scope.state;
  }

  /** Path of the loop item whose own state this is; undefined for the run's. */
  get item(): string | undefined {
    return this.#scope.item;
  }

  /** Everything written through this view, as one object. */
  get written(): JsonObject {
    return applyPatch({}, this.#writes);
  }

  apply(patch: readonly Write[]): void {
    if (patch.length === 0) return;
    this.#scope.state = applyPatch(this.#scope.state, patch);
    for (let view: View | undefined = this; view; view = view.#parent) {
      for (const write of patch) if (!write.restores) view.#writes.push(write);
    }
  }

  /** Brings back a state that this view has had; only where nothing else writes to it meanwhile. */
  rewind(state: JsonObject): void {
    this.#scope.state = state;
  }

  /** Sets variables without recording them as written; the returned writes bring back what they hid. */
  bind(variables: { readonly [name: string]: Json }): Write[] {
    const hidden = Object.keys(variables).map((name): Write => {
      const value = readPath(this.#scope.state, [name]);
      return { path: [name], ...(value !== undefined && { value }), restores: true };
    });
    this.#scope.state = { ...this.#scope.state, ...variables };
    this.#scope.variables = [...this.#scope.variables, ...Object.keys(variables)];
    return hidden;
  }

  /** Undoes {@link bind}. */
  unbind(hidden: readonly Write[]): void {
    this.#scope.state = applyPatch(this.#scope.state, hidden);
    this.#scope.variables = this.#scope.variables.slice(0, this.#scope.variables.length - hidden.length);
  }

  /** The patch with the writes named as such that go to a variable of a loop under way. */
  named(patch: readonly Write[]): readonly Write[] {
    const { variables } = this.#scope;
    if (variables.length === 0) return patch;
    return patch.map((write) =>
      variables.includes(write.path[0] ?? "") ? { ...write, variable: true } : write,
    );
  }
}
