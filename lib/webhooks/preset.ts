import type { Handshake } from "../core/verification.ts";
import type { SchemeKeys } from "./verify-keys.ts";

/** How a service calls webhooks. */
export interface Preset {
  /** As a file writes it. */
  readonly name: string;
  readonly title: string;
  /** Where the service describes it. */
  readonly docs: string;
  /** Name of the environment that holds the secret or key, unless the file says another. */
  readonly secretName: string;
  /** What the service calls the secret, and where it shows it. */
  readonly secretHint: string;
  /** `secret`, or whatever the scheme calls it, is filled in. */
  readonly verify: DistributiveOmit<
    SchemeKeys,
    "secret" | "public_key" | "value" | "token" | "password" | "key"
  >;
  /** Template of what tells deliveries apart; absent: the service sends nothing that does. */
  readonly dedupeKey?: string;
  readonly handshakes?: readonly Handshake[];
  /** What a signature of this service does not cover; absent: it covers body and time. */
  readonly limits?: string;
}

type DistributiveOmit<T, Keys extends PropertyKey> = T extends unknown ? Omit<T, Keys & keyof T> : never;
