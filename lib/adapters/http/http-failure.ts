import { FlowError } from "../../core/flow-error.ts";
import { causesOf } from "../causes-of.ts";

const UNSENDABLE = new Set([
  "UND_ERR_INVALID_ARG",
  "UND_ERR_NOT_SUPPORTED",
  "UND_ERR_REQ_CONTENT_LENGTH_MISMATCH",
]);
const SENTENCES: { readonly [code: string]: string } = {
  ECONNREFUSED: "refused the connection",
  ECONNRESET: "closed the connection before its answer was complete",
  UND_ERR_SOCKET: "closed the connection before its answer was complete",
  ENOTFOUND: "has no address: check the name",
  EAI_AGAIN: "could not be looked up at the moment",
  ETIMEDOUT: "could not be reached in time",
  UND_ERR_CONNECT_TIMEOUT: "could not be reached in time",
  EHOSTUNREACH: "cannot be reached from here",
  ENETUNREACH: "cannot be reached from here",
  CERT_HAS_EXPIRED: "has a certificate that has expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "has a self-signed certificate",
  SELF_SIGNED_CERT_IN_CHAIN: "has a self-signed certificate in its chain",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "has a certificate of an unknown issuer",
  ERR_TLS_CERT_ALTNAME_INVALID: "has a certificate for another name",
};

/**
 * Makes one sentence and a class of what `fetch` threw. Names the host and the system's code, never a header:
 * undici's own messages can quote them.
 */
export function httpFailure(thrown: unknown, host: string): FlowError {
  let code: string | undefined;
  let text = "";
  for (const fault of causesOf(thrown)) {
    if (fault instanceof FlowError) return fault;
    code ??= fault.code;
    text = fault.message ?? "";
  }
  const more = { cause: thrown, ...(code !== undefined && { details: { code } }) };
  if (text === "bad port")
    return new FlowError("invalid_input", `${host} has a port that HTTP clients must not call`, more);
  if (code === undefined) return new FlowError("connection", `the request to ${host} failed`, more);
  if (UNSENDABLE.has(code))
    return new FlowError("invalid_input", `the request to ${host} cannot be sent: ${code}`, more);
  if (code.startsWith("Z_") || code.startsWith("ERR_BROTLI") || code.startsWith("ZSTD_"))
    return new FlowError("invalid_output", `the answer of ${host} is not packed as it says: ${code}`, more);
  return new FlowError("connection", `${host} ${SENTENCES[code] ?? "could not be reached"} (${code})`, more);
}
