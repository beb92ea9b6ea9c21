import Agent from "undici/lib/dispatcher/agent.js";
import { FlowError } from "../../core/flow-error.ts";
import { type Http, type HttpRequest, type HttpResponse, MAX_ANSWER_BYTES } from "../../core/ports/http.ts";
import { startDeadline } from "../deadline.ts";
import { followRedirect, type Hop } from "./follow-redirect.ts";
import { createGuardedConnect, type LookupAll } from "./guarded-connect.ts";
import { httpFailure } from "./http-failure.ts";
import { webUrl } from "./web-url.ts";

// language.md, http_call.
const MAX_REDIRECTS = 5;

/** Settings of the guarded client. */
export interface GuardedHttpOptions {
  /** Names or addresses, without port, that may be private. */
  readonly allowPrivateHosts: readonly string[];
  /** In place of the system's look-up. */
  readonly lookup?: LookupAll;
}

/**
 * The built-in `fetch` over sockets that only open to public addresses, whatever name, redirect or DNS answer leads
 * there. Connections are kept for further requests; `close` ends them, and requests under way with them.
 */
export function createGuardedHttp({
  allowPrivateHosts,
  lookup,
}: GuardedHttpOptions): Http & { close(): Promise<void> } {
  const dispatcher = new Agent({
    connect: createGuardedConnect(allowPrivateHosts, lookup),
    // The deadline of each exchange is the caller's.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

  async function send(request: HttpRequest): Promise<HttpResponse> {
    const { timeoutMs, signal, maxRedirects = MAX_REDIRECTS } = request;
    let hop = firstHop(request);
    const deadline = startDeadline(`the answer of ${hop.url.host}`, timeoutMs, signal);
    try {
      for (let followed = 0; ; followed += 1) {
        const { url, body, ...init } = hop;
        const answer = await fetch(url, {
          ...init,
          body: body ?? null,
          redirect: "manual",
          signal: deadline.signal,
          dispatcher,
        });
        const next =
          maxRedirects > 0 ? followRedirect(hop, answer.status, answer.headers.get("location")) : undefined;
        if (!next) return await readAnswer(answer, url.host);
        await answer.body?.cancel();
        if (followed === maxRedirects) throw tooManyRedirects(url.host, maxRedirects);
        hop = next;
      }
    } catch (thrown) {
      throw deadline.signal.aborted ? deadline.signal.reason : httpFailure(thrown, hop.url.host);
    } finally {
      deadline.end();
    }
  }

  return { send, close: () => dispatcher.destroy() };
}

function firstHop({ method, url: text, headers: given, body }: HttpRequest): Hop {
  const url = webUrl(text, (phrase) => new FlowError("invalid_input", `the request goes to ${phrase}`));
  const headers = new Headers({ "user-agent": "hookline" });
  for (const [name, value] of Object.entries(given)) {
    try {
      headers.set(name, value);
    } catch {
      // The cause would quote the value, which may be a secret.
      throw new FlowError(
        "invalid_input",
        `the header ${JSON.stringify(name)} cannot be sent: a name is letters, digits and dashes, a value has no line breaks and no characters beyond Latin-1`,
      );
    }
  }
  // fetch counts for itself.
  headers.delete("content-length");
  const upper = method.toUpperCase();
  if (!/^[A-Z]+$/.test(upper) || ["CONNECT", "TRACE", "TRACK"].includes(upper))
    throw new FlowError("invalid_input", `the method ${JSON.stringify(method)} cannot be sent`);
  if (body === undefined) return { method: upper, url, headers };
  if (upper === "GET" || upper === "HEAD")
    throw new FlowError("invalid_input", `a ${upper} request carries no body: use query parameters, or POST`);
  return { method: upper, url, headers, body: new Uint8Array(Buffer.from(body)) };
}

async function readAnswer(answer: Response, host: string): Promise<HttpResponse> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body ?? []) {
    size += chunk.byteLength;
    // Leaving the loop cancels the rest.
    if (size > MAX_ANSWER_BYTES)
      throw new FlowError("invalid_output", `the answer of ${host} is larger than 32 MiB`, {
        status: answer.status,
      });
    chunks.push(chunk);
  }
  const headers = new Map<string, string>();
  for (const [name, value] of answer.headers) {
    const earlier = headers.get(name);
    headers.set(name, earlier === undefined ? value : `${earlier}, ${value}`);
  }
  return { status: answer.status, headers: Object.fromEntries(headers), body: Buffer.concat(chunks) };
}

function tooManyRedirects(host: string, limit: number): FlowError {
  return new FlowError("invalid_output", `${host} redirects once more after ${limit} redirects`);
}
