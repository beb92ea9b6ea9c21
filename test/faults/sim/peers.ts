import { cancellation } from "../../../lib/adapters/deadline.ts";
import { parseScript, type Script } from "../../../lib/adapters/scripted/script.ts";
import { scriptedHttp } from "../../../lib/adapters/scripted/scripted-http.ts";
import { scriptedLlm } from "../../../lib/adapters/scripted/scripted-llm.ts";
import { FlowError } from "../../../lib/core/flow-error.ts";
import type { Http, HttpRequest, HttpResponse } from "../../../lib/core/ports/http.ts";
import type { ChatRequest, Llm, ModelRequest } from "../../../lib/core/ports/llm.ts";
import type { Chance } from "../random/chance.ts";
import type { FaultCase } from "../workflows.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SimProcess } from "./sim-process.ts";

/** One request as it reached the other side. */
export interface LedgerLine {
  /** Idempotency-Key: run and path of the step. */
  readonly key: string;
  readonly runId: string;
  readonly path: string;
  readonly url: string;
  /** Everything that was sent. */
  readonly request: string;
  /** The other side did what it was asked for. */
  readonly worked: boolean;
  /** It answered that it did not. */
  readonly declined: boolean;
}

/** How the other side misbehaves. */
export const PEER_TROUBLES = [
  "slow",
  "cut before work",
  "cut after work",
  "busy for a while",
  "failed",
  "failed after work",
  "garbage",
  "no answer",
  "killed its caller",
] as const;
/** One of {@link PEER_TROUBLES}. */
export type PeerTrouble = (typeof PEER_TROUBLES)[number];

/** What decides over the other side. */
export interface PeersOptions {
  readonly scheduler: Scheduler;
  readonly chance: Chance;
  /** Trouble for a request of a run, if any. */
  trouble(runId: string, url: string): PeerTrouble | undefined;
  /** The case that a run plays. */
  caseOf(runId: string): FaultCase | undefined;
  /** Called when a request leaves its process; what it gives is called when the request has ended. */
  leaving(process: SimProcess, runId: string, path: string, url: string): () => void;
  /** The process that sends this dies of it. */
  isDeadly(url: string): boolean;
  injected(kind: string): void;
}

/** The other side: services and models, which answer each run as its case says. */
export interface Peers {
  readonly ledger: readonly LedgerLine[];
  http(process: SimProcess): Http;
  llm(process: SimProcess): Llm;
}

const NEVER = new Promise<never>(() => {});
const GARBAGE = '<html><body>502 \u0000 {"truncated": ';
const RETRY_AFTER = ["1", "2", "20", "soon", "-1", "Fri, 02 Jan 2026 03:10:00 GMT", "0.5"];

/** Makes the other side of a world. */
export function createPeers(options: PeersOptions): Peers {
  const { scheduler, chance, injected } = options;
  const ledger: LedgerLine[] = [];
  const scripts = new Map<string, Script>();
  const scriptOf = (runId: string): Script => {
    const { http = [], llm = [] } = options.caseOf(runId) ?? {};
    const script = scripts.get(runId) ?? parseScript({ http, llm });
    scripts.set(runId, script);
    return script;
  };

  /** Sends one request and gives its answer, or what became of it. */
  const exchange = <Answer>(
    process: SimProcess,
    { key, url, request }: { readonly key: string; readonly url: string; readonly request: string },
    limits: Pick<ModelRequest, "timeoutMs" | "signal">,
    work: (script: Script) => Promise<Answer>,
    answerOf: (trouble: PeerTrouble) => Answer | undefined,
  ): Promise<Answer> => {
    const [runId, path] = [key.slice(0, 36), key.slice(37)];
    if (limits.signal?.aborted) return Promise.reject(cancellation(limits.signal.reason));
    const ended = options.leaving(process, runId, path, url);
    if (options.isDeadly(url)) {
      injected("peer: killed its caller");
      process.kill(`of the call of ${url}`);
      return NEVER;
    }
    const trouble = options.trouble(runId, url);
    if (trouble) injected(`peer: ${trouble}`);
    const perform = async (): Promise<Answer> => {
      const isWorking = trouble === undefined || /slow|after work|no answer|killed/.test(trouble);
      const declined = !isWorking && trouble !== "cut before work";
      ledger.push({ key, runId, path, url, request, worked: isWorking, declined });
      const answer = isWorking ? await work(scriptOf(runId)) : undefined;
      if (trouble === "slow") await scheduler.clock.sleep(chance.scaled(500, 25_000));
      if (trouble === "no answer") await NEVER;
      if (trouble === "killed its caller") process.kill(`in the call of ${url}`);
      if (trouble?.startsWith("cut")) throw new FlowError("connection", "socket hang up");
      return (trouble && answerOf(trouble)) ?? (answer as Answer);
    };
    const answer = limited(
      process,
      limits,
      process.request(`peer ${url} ${key}${trouble ? ` (${trouble})` : ""}`, perform),
    );
    answer.then(ended, ended);
    return answer;
  };

  return {
    ledger,
    http: (process) => ({
      send(request) {
        const { method, url, headers, body } = request;
        const key = headers["Idempotency-Key"] ?? "";
        const sent = { key, url, request: JSON.stringify({ method, url, headers, body }) };
        return exchange(
          process,
          sent,
          request,
          (script) => scriptedHttp(script, { clock: scheduler.clock }).send(unlimited(request)),
          (trouble) => failedAnswer(trouble, chance),
        );
      },
    }),
    llm(process) {
      const ask = <Answer>(request: ModelRequest, work: (llm: Llm) => Promise<Answer>) => {
        const { idempotencyKey: key, model } = request;
        return exchange(
          process,
          { key, url: `model:${model}`, request: JSON.stringify(unlimited(request)) },
          request,
          (script) => work(scriptedLlm(script, { clock: scheduler.clock })),
          failedModel,
        );
      };
      return {
        complete: (request: ChatRequest) => ask(request, (llm) => llm.complete(unlimited(request))),
        embed: (request) => ask(request, (llm) => llm.embed(unlimited(request))),
      };
    },
  };
}

/** The request as the other side sees it: how long its sender waits is not its matter. */
function unlimited<Request extends object>(request: Request): Request {
  const {
    timeoutMs: _limit,
    signal: _signal,
    ...rest
  } = request as Request & {
    timeoutMs?: number;
    signal?: AbortSignal;
  };
  return rest as Request;
}

/** Ends the wait for an answer when its time is over, or when nobody wants it any more. */
function limited<Answer>(
  { clock }: SimProcess,
  { timeoutMs, signal }: Pick<HttpRequest, "timeoutMs" | "signal">,
  answer: Promise<Answer>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const abort = () => end(() => reject(cancellation(signal?.reason)));
    const stopTimer =
      timeoutMs === undefined
        ? () => {}
        : clock.timer(timeoutMs, () =>
            end(() => reject(new FlowError("timeout", `no answer within ${timeoutMs / 1000} seconds`))),
          );
    const end = (how: () => void) => {
      stopTimer();
      signal?.removeEventListener("abort", abort);
      how();
    };
    signal?.addEventListener("abort", abort);
    answer.then(
      (value) => end(() => resolve(value)),
      (thrown) => end(() => reject(thrown)),
    );
  });
}

function failedAnswer(trouble: PeerTrouble, chance: Chance): HttpResponse | undefined {
  const answer = (status: number, body: string, headers = {}) => ({
    status,
    headers,
    body: new TextEncoder().encode(body),
  });
  switch (trouble) {
    case "busy for a while":
      return answer(429, "slow down", chance.often(0.7) ? { "retry-after": chance.pick(RETRY_AFTER) } : {});
    case "failed":
    case "failed after work":
      return answer(chance.pick([500, 503, 504]), "oops");
    case "garbage":
      return answer(502, GARBAGE, { "content-type": "application/json" });
    default:
      return undefined;
  }
}

function failedModel(trouble: PeerTrouble): never | undefined {
  if (trouble === "busy for a while")
    throw new FlowError("rate_limited", "the model is busy", { retryAfterMs: 2_000 });
  if (trouble === "failed" || trouble === "failed after work" || trouble === "garbage")
    throw new FlowError("server_error", "the model's service failed", { status: 500 });
  return undefined;
}
