import { FlowError } from "../core/flow-error.ts";
import { causesOf } from "./causes-of.ts";

/** What `openid-client` tells of a failure. */
interface OidcFault {
  readonly message: string;
  readonly code?: string;
  readonly error?: string;
  readonly status?: number;
  readonly cause?: { readonly name?: string; readonly message?: string };
}

const OWN_WORDS = new Set(["OperationProcessingError", "UnsupportedOperationError"]);

/**
 * Makes a FlowError of what `openid-client` threw: what the HTTP client said, `config_error` for a client that the provider does not take, and
 * else `other` with the reason. Neither a token nor a word of the provider's own is in it, nor the cause, which holds both.
 */
export function oidcFailure(thrown: unknown, other: (reason: string) => FlowError): FlowError {
  for (const fault of causesOf(thrown)) if (fault instanceof FlowError) return fault;
  const { message, code, error, status, cause } = thrown as OidcFault;
  const named = error !== undefined && /^[a-z_]{1,40}$/.test(error) ? error : undefined;
  if (named === "invalid_client" || named === "unauthorized_client" || (status === 401 && code !== undefined))
    return new FlowError(
      "config_error",
      `the provider does not take the client (${named ?? status}): see its client_id and secret`,
    );
  // Sentences of the library's own; what lies deeper quotes what came.
  const inner = OWN_WORDS.has(cause?.name ?? "") ? cause?.message : undefined;
  return other([message, inner, named ?? code].filter((part) => part !== undefined).join(": "));
}
