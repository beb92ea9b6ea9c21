/** The only source of chance. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A UUIDv4 (RFC 9562). */
  uuid(): string;
  /** A UUIDv7 (RFC 9562): ordered by `nowMs`, unique. */
  timeOrderedUuid(nowMs: number): string;
}
