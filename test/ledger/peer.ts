import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { type SeenRequest, startLoopbackServer } from "../support/loopback-server.ts";
import { chance } from "./chance.ts";

/** What the peer knows of one idempotency key; an empty one for arrivals that brought none. */
export interface Effect {
  readonly key: string;
  readonly delivery: string;
  readonly step: string;
  /** Every text that came with the key, each once. */
  readonly bodies: Set<string>;
  arrivals: number;
  /** Arrivals for which it began to work, instead of refusing them. */
  taken: number;
  /** The work was done. */
  applied: boolean;
  readonly receipt: string;
}

/** A service that does the work of a key once, and is not always well. */
export interface Peer {
  readonly origin: string;
  readonly effects: ReadonlyMap<string, Effect>;
  /** How many arrivals it took in which mood. */
  readonly moods: ReadonlyMap<Mood, number>;
  stop(): Promise<void>;
}

/** How the peer takes an arrival. */
export type Mood = "well" | "busy" | "broken" | "cut" | "broken after the work" | "slow";

/** Shares of the moods in which one of a key's first arrivals is taken; it is well in the others. */
const MOODS: readonly (readonly [mood: Mood, share: number])[] = [
  ["busy", 0.04],
  ["broken", 0.04],
  ["cut", 0.05],
  ["broken after the work", 0.03],
  ["slow", 0.02],
];
/** Later arrivals of a key find the peer well, so that retries get through. */
const MOODY_ARRIVALS = 2;
const LONGEST_WORK_MS = 20;
/** Longer than the time limit that the workflows' calls have. */
const SLOW_MS = 1_500;

/** Starts the peer; `seed` fixes the mood of each arrival. */
export async function startPeer(seed: number): Promise<Peer> {
  const effects = new Map<string, Effect>();
  const moods = new Map<Mood, number>();
  const answer = (request: SeenRequest, response: ServerResponse): void => {
    const key = String(request.headers["idempotency-key"] ?? "");
    const effect = arrived(effects, key, request.body);
    const mood = moodOf(seed, effect, request.url);
    moods.set(mood, (moods.get(mood) ?? 0) + 1);
    const refusal = refusalOf(request.url, mood);
    if (refusal !== undefined) {
      send(response, refusal, { error: mood });
      return;
    }
    effect.taken += 1;
    const workMs = chance(seed, effect.delivery, effect.step, effect.arrivals, "work") * LONGEST_WORK_MS;
    setTimeout(
      () => {
        effect.applied = true;
        if (mood === "cut") response.destroy();
        else if (mood === "broken after the work") send(response, 500, { error: "broken" });
        else send(response, 200, { receipt: effect.receipt });
      },
      mood === "slow" ? SLOW_MS : workMs,
    );
  };
  const server = await startLoopbackServer(answer);
  return { origin: server.origin, effects, moods, stop: server.stop };
}

function arrived(effects: Map<string, Effect>, key: string, body: string): Effect {
  const { delivery, step } = JSON.parse(body);
  const known = effects.get(key);
  const effect = known ?? {
    key,
    delivery,
    step,
    bodies: new Set(),
    arrivals: 0,
    taken: 0,
    applied: false,
    receipt: randomUUID(),
  };
  effects.set(key, effect);
  effect.arrivals += 1;
  effect.bodies.add(body);
  return effect;
}

/** Where an effect may be made once at most, no answer says that it failed when it did not. */
function moodOf(seed: number, { delivery, step, arrivals }: Effect, url: string): Mood {
  if (arrivals > MOODY_ARRIVALS) return "well";
  let drawn = chance(seed, delivery, step, arrivals, "mood");
  for (const [mood, share] of MOODS) {
    if (drawn < share) return mood === "broken after the work" && url === "/once" ? "cut" : mood;
    drawn -= share;
  }
  return "well";
}

/** The status that an arrival gets instead of the work. */
function refusalOf(url: string, mood: Mood): number | undefined {
  if (url === "/refused") return 422;
  if (url === "/down" || mood === "broken") return 503;
  return mood === "busy" ? 429 : undefined;
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
}
