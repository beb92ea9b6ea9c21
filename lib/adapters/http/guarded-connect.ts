import { type LookupAddress, type LookupOptions, lookup as systemLookup } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import type { buildConnector } from "undici";
import buildConnect from "undici/lib/core/connect.js";
import { FlowError } from "../../core/flow-error.ts";
import { isPublicAddress } from "./public-address.ts";

/** A look-up that answers with every address of a name, as `dns.lookup` does with `all`. */
export type LookupAll = (
  host: string,
  options: LookupOptions & { all: true },
  answer: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

// Long enough for a slow handshake across the world; the caller's own time limit is usually what ends it.
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Opens sockets to public addresses only: a literal address, every address of a look-up and the one really connected
 * are checked. Hosts in `allowPrivateHosts` are not.
 */
export function createGuardedConnect(
  allowPrivateHosts: readonly string[],
  lookup: LookupAll = systemLookup,
): buildConnector.connector {
  const allowed = new Set(allowPrivateHosts.map(bareHost));
  const plain = buildConnect({
    timeout: CONNECT_TIMEOUT_MS,
    lookup: withAll(lookup),
  } as buildConnector.BuildOptions);
  const guarded = buildConnect({
    timeout: CONNECT_TIMEOUT_MS,
    lookup: withAll(publicOnly(lookup)),
  } as buildConnector.BuildOptions);

  return (options, callback) => {
    const host = bareHost(options.hostname);
    if (allowed.has(host)) return plain(options, callback);
    if (isIP(host.split("%")[0] ?? "") !== 0 && !isPublicAddress(host))
      return callback(blockedAddress(host, host), null);
    return guarded(options, (...[error, socket]) => {
      if (error) return callback(error, null);
      const connected = socket.remoteAddress;
      if (connected === undefined || isPublicAddress(connected)) return callback(null, socket);
      socket.destroy();
      callback(blockedAddress(host, connected), null);
    });
  };
}

function bareHost(host: string): string {
  return host.replace(/^\[|\]$/g, "").toLowerCase();
}

function publicOnly(lookup: LookupAll): LookupAll {
  return (host, options, answer) =>
    lookup(host, options, (error, addresses) => {
      const bad = error ? undefined : addresses.find(({ address }) => !isPublicAddress(address));
      answer(bad ? blockedAddress(host, bad.address) : error, addresses);
    });
}

/** Sockets ask for one address or for all. */
function withAll(lookup: LookupAll): LookupFunction {
  return (host, options, answer) =>
    lookup(host, { ...options, all: true }, (error, addresses) => {
      const [first] = addresses ?? [];
      if (error || !first) answer(error ?? noAddress(host), []);
      else if (options.all) answer(null, addresses);
      else answer(null, first.address, first.family);
    });
}

function noAddress(host: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${host} has no address`), { code: "ENOTFOUND" });
}

/** Wrapped, because `fetch` hands on only what it takes for a plain Error when realms differ, as under test runners. */
function blockedAddress(host: string, address: string): Error {
  const cause = new FlowError(
    "blocked_address",
    `the request to ${host} was not sent: its address ${address} is not public. If this stage may call it, add "${host}" to HOOKLINE_ALLOW_PRIVATE_HOSTS`,
  );
  return new Error(cause.message, { cause });
}
