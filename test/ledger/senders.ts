import { setTimeout as pause } from "node:timers/promises";
import { chance } from "./chance.ts";

/** One post of a webhook, and what the sender knows of it. */
export interface Post {
  /** `<webhook>.<try>`: what the workflow's event carries. */
  readonly delivery: string;
  readonly workflow: string;
  /** `lost`: no answer came, so a run may be there or not. `refused`: 503. */
  readonly outcome: "acknowledged" | "refused" | "lost";
  /** Of an acknowledged one. */
  readonly runId?: string;
}

/** What is sent, and how fast. */
export interface SendingOptions {
  readonly seed: number;
  readonly webhooks: number;
  /** Over how long they are spread. */
  readonly spreadMs: number;
  readonly senders: number;
  /** Aborts when the trial has broken off. */
  readonly signal: AbortSignal;
  /** The workflow and the URL that the n-th webhook goes to. */
  readonly target: (webhook: number) => { readonly workflow: string; readonly url: string };
}

/** A sender gives up on an answer after so long, as GitHub does after ten seconds. */
const PATIENCE_MS = 3_000;
const LONGEST_PAUSE_MS = 400;

/** Sends every webhook until it is acknowledged, again after a 503 and after no answer. Gives every post that was made. */
export async function sendWebhooks(options: SendingOptions): Promise<readonly Post[]> {
  const posts: Post[] = [];
  const startedAt = performance.now();
  let next = 0;
  const sender = async (): Promise<void> => {
    while (next < options.webhooks) {
      const webhook = next;
      next += 1;
      const dueMs = (webhook / options.webhooks) * options.spreadMs - (performance.now() - startedAt);
      if (dueMs > 0) await pause(dueMs);
      await sendUntilAcknowledged(options, webhook, posts);
    }
  };
  await Promise.all(Array.from({ length: options.senders }, sender));
  return posts;
}

async function sendUntilAcknowledged(
  { seed, target, signal }: SendingOptions,
  webhook: number,
  posts: Post[],
): Promise<void> {
  const { workflow, url } = target(webhook);
  for (let attempt = 0; ; attempt += 1) {
    const delivery = `${webhook}.${attempt}`;
    signal.throwIfAborted();
    const known = await post(url, delivery);
    posts.push({ delivery, workflow, ...known });
    if (known.outcome === "acknowledged") return;
    await pause(chance(seed, delivery, "pause") * LONGEST_PAUSE_MS);
  }
}

async function post(url: string, delivery: string): Promise<Pick<Post, "outcome" | "runId">> {
  const body = JSON.stringify({ delivery, items: ["i0", "i1", "i2", "i3", "i4"] });
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    text = await answer.text();
  } catch {
    return { outcome: "lost" };
  }
  if (answer.status === 202) return { outcome: "acknowledged", runId: JSON.parse(text).run_id };
  if (answer.status === 503) return { outcome: "refused" };
  throw new Error(`a webhook was answered with ${answer.status}: ${text}`);
}
