import { FlowError } from "../../core/flow-error.ts";
import { webUrl } from "./web-url.ts";

/** One request of an exchange: the first, or one that a redirect led to. */
export interface Hop {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body?: Uint8Array<ArrayBuffer>;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const BODY_HEADERS = [
  "content-type",
  "content-length",
  "content-encoding",
  "content-language",
  "content-location",
];
const CREDENTIAL = /auth|cookie|credential|key|password|secret|session|signature|token/;
const NO_CREDENTIAL = new Set(["idempotency-key"]);

/**
 * The request that a redirect asks for (fetch standard, HTTP-redirect fetch), undefined when the answer is none.
 * Headers that look like credentials, and a `Host` of the caller's, stay behind when the origin changes.
 * @throws FlowError `invalid_output` when it leads to what is no http or https URL.
 */
export function followRedirect(hop: Hop, status: number, location: string | null): Hop | undefined {
  if (!REDIRECTS.has(status) || location === null) return undefined;
  const url = webUrl(
    location,
    (fault) => new FlowError("invalid_output", `${hop.url.host} redirects to ${fault}`, { status }),
    hop.url,
  );
  const headers = new Headers(hop.headers);
  if (url.origin !== hop.url.origin) {
    for (const name of [...headers.keys()]) if (isPrivate(name)) headers.delete(name);
  }
  const becomesGet =
    status === 303 ? hop.method !== "HEAD" : (status === 301 || status === 302) && hop.method === "POST";
  if (!becomesGet) return { ...hop, url, headers };
  for (const name of BODY_HEADERS) headers.delete(name);
  return { method: "GET", url, headers };
}

function isPrivate(name: string): boolean {
  return name === "host" || (CREDENTIAL.test(name) && !NO_CREDENTIAL.has(name));
}
