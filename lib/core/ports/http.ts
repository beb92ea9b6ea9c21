/** One outgoing request. */
export interface HttpRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { readonly [name: string]: string };
  readonly body?: string | Uint8Array;
  /** For the whole exchange, redirects included; absent: only the signal ends it. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Redirects that are followed, default 5; 0 hands the 3xx to the caller. */
  readonly maxRedirects?: number;
}

/** An answer of any status. */
export interface HttpResponse {
  readonly status: number;
  /** Names in lower case; several values of one name are joined with ", ". */
  readonly headers: { readonly [name: string]: string };
  /** At most 32 MiB. */
  readonly body: Uint8Array;
}

/** Every outgoing call of the product. */
export interface Http {
  /**
   * Sends the request and reads the whole answer, following redirects. Credentials are not sent on to another origin.
   * @throws FlowError `timeout`, `connection`, `blocked_address` (private, loopback, link-local and metadata addresses),
   * `cancelled` when the signal aborted, `invalid_output` for an answer over 32 MiB, `invalid_input` for a URL that is none.
   */
  send(request: HttpRequest): Promise<HttpResponse>;
}

/** Largest answer that is read, in bytes (language.md, http_call). */
export const MAX_ANSWER_BYTES = 32 * 1024 * 1024;
