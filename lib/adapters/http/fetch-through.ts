import type { Http, HttpRequest, HttpResponse } from "../../core/ports/http.ts";

/** What clients take in place of the global `fetch`. */
export type Fetch = (url: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Sends what a client would `fetch` through the Http port; the client's own signal and way with redirects do not count. */
export async function sendThrough(
  http: Http,
  limits: Pick<HttpRequest, "timeoutMs" | "signal" | "maxRedirects">,
  url: string | URL | Request,
  init:
    | {
        readonly method?: string;
        readonly headers?: ConstructorParameters<typeof Headers>[0];
        readonly body?: unknown;
      }
    | undefined,
): Promise<HttpResponse> {
  const { body } = init ?? {};
  return http.send({
    ...limits,
    method: init?.method ?? "GET",
    url: url instanceof Request ? url.url : String(url),
    headers: Object.fromEntries(new Headers(init?.headers)),
    ...(body instanceof URLSearchParams ? { body: body.toString() } : typeof body === "string" && { body }),
  });
}

/** The answer as such a client wants it. */
export function responseOf({ status, headers, body }: HttpResponse): Response {
  const bodiless = [204, 205, 304].includes(status);
  return new Response(bodiless ? null : new Uint8Array(body), { status, headers });
}
