/** A delivery as a service signs it. */
export interface SignedDelivery {
  readonly rawQuery?: string;
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string };
  readonly body: string;
  /** The signature, or credential, as it stands in headers or body. */
  readonly signature: string;
}

/** One delivery of a service, signed under each of two secrets by something that is not ours. */
export interface Vector {
  /** The preset, and what sets this vector apart where it has several. */
  readonly name: string;
  readonly preset: string;
  /** What signed it. */
  readonly made_by: string;
  /** What else has called it right. */
  readonly confirmed_by?: string;
  /** Secrets, or public keys, as a stage has them. */
  readonly secrets: readonly [string, string];
  readonly deliveries: readonly [SignedDelivery, SignedDelivery];
}
