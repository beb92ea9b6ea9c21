import { FlowError } from "../core/flow-error.ts";

/**
 * Does something with a deployed stage and says in a sentence what is missing when AWS cannot be asked. `hint` names
 * the setting that a resource's name comes from.
 * @throws FlowError `config_error`, or whatever else the work throws.
 */
export async function askAws<T>(hint: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const sentence = cause instanceof Error ? sentenceFor(cause, hint) : undefined;
    throw sentence === undefined ? cause : new FlowError("config_error", sentence, { cause });
  }
}

/** What Node says where nobody answers. */
const UNREACHABLE = /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ENETUNREACH|EHOSTUNREACH|ETIMEDOUT)$/;

function sentenceFor(error: Error & { readonly code?: unknown }, hint: string): string | undefined {
  const { name, message } = error;
  if (message === "Region is missing") return "no AWS region is set: set AWS_REGION to the one of the stage";
  if (name === "CredentialsProviderError")
    return `no AWS credentials were found (${message}): sign in, or set AWS_PROFILE`;
  if (name === "ResourceNotFoundException" || name === "QueueDoesNotExist")
    return `AWS has no such resource in this account and region: ${hint}`;
  if (
    /^(AccessDenied|UnrecognizedClient|ExpiredToken|InvalidSignature|InvalidClientTokenId|SignatureDoesNotMatch)/.test(
      name,
    )
  )
    return `AWS refuses: ${message}`;
  if (name === "TimeoutError" || UNREACHABLE.test(String(error.code)))
    return `AWS cannot be reached (${message}): look at the network, and at AWS_REGION`;
  return undefined;
}
