import type { MemoryDeadLetters } from "../../lib/adapters/memory/memory-dead-letters.ts";
import { createMemoryTurns } from "../../lib/adapters/memory/memory-turns.ts";
import { operatorOf } from "../../lib/app/operator.ts";
import { openAccess } from "../../lib/console/access/open-access.ts";
import type { OidcAccess } from "../../lib/console/access/sign-in-means.ts";
import { tokenAccess } from "../../lib/console/access/token-access.ts";
import type { ConsoleApp } from "../../lib/console/console-app.ts";
import { createConsole } from "../../lib/console/create-console.ts";
import type { MetricReader } from "../../lib/core/ports/metric-reader.ts";
import { createWorld, type World, type WorldOptions } from "./world.ts";

/** Tokens of a closed console. */
export const TOKENS = { read: "a token that lets people look", act: "a token that lets people act" } as const;

/** A console in front of a stage in memory. */
export interface ConsoleWorld {
  readonly world: World;
  readonly app: ConsoleApp;
  readonly deadLetters: MemoryDeadLetters;
  /** Asks for a page, as a browser on this machine does. */
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Sends a form, as a page of the console does. */
  post(
    path: string,
    form: Readonly<Record<string, string>>,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>;
}

/** What came back. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** How the console differs from one on a laptop. */
interface ConsoleOptions {
  /** The stage's name; default: `test`. */
  readonly name?: string;
  /** As in a stage, with a sign-in. */
  readonly closed?: boolean;
  /** Another way to sign in beside the tokens. */
  readonly oidc?: OidcAccess;
  /** In place of what the stage counts. */
  readonly metrics?: MetricReader;
  /** Events that lie beside the files of workflows. */
  readonly samples?: { readonly [workflow: string]: string };
}

/** Makes one. */
export function createConsoleWorld(
  options: WorldOptions,
  { name = "test", closed = false, oidc, metrics, samples = {} }: ConsoleOptions = {},
): ConsoleWorld {
  const world = createWorld(options);
  const operator = operatorOf(world.runner);
  const { clock, random } = operator;
  const { deadLetterQueue: deadLetters } = world.queue;
  const app = createConsole({
    name,
    operator,
    deliveries: world.deliveries,
    letterBoxes: { runs: deadLetters, events: [{ letters: world.inboxLetters }] },
    metrics: metrics ?? world.metrics,
    inputs: world.ingest.inputs,
    splits: world.splits,
    samples: { beside: (name) => samples[name] },
    accepting: world.ingest,
    access: closed
      ? tokenAccess({
          tokens: { tokensFor: async (right) => [TOKENS[right]] },
          turns: createMemoryTurns(),
          clock,
          random,
          log: world.log,
          oidc,
        })
      : openAccess(random),
    log: world.log,
  });
  const ask = async (path: string, init: RequestInit): Promise<Answer> => {
    const answer = await app.request(`http://localhost:8080${path}`, init);
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  return {
    world,
    app,
    deadLetters,
    get: (path, headers = {}) => ask(path, { headers: { host: "localhost:8080", ...headers } }),
    post: (path, form, headers = {}) =>
      ask(path, {
        method: "POST",
        body: new URLSearchParams(form),
        headers: { host: "localhost:8080", "sec-fetch-site": "same-origin", ...headers },
      }),
  };
}

/** The hidden fields of a page's form, by its path. */
export function fieldsOf(page: string, path: string): Readonly<Record<string, string>> {
  const form = page.split("<form").find((one) => one.includes(`action="${path}"`)) ?? "";
  const fields =
    form.split("</form>")[0]?.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g) ?? [];
  return Object.fromEntries([...fields].map(([, name = "", value = ""]) => [name, value]));
}
