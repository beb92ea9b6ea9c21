import { createHash } from "node:crypto";

/** A UUIDv7 (RFC 9562) of the given time whose random part is a hash: the same time and text give the same id. */
export function derivedRunId(ms: number, text: string): string {
  const time = ms.toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-${randomPart(text)}`;
}

/** True for an id that {@link derivedRunId} made of the text, at whatever time. */
export function isDerivedFrom(runId: string, text: string): boolean {
  return runId.endsWith(`-${randomPart(text)}`);
}

function randomPart(text: string): string {
  const chance = createHash("sha256").update(text).digest("hex");
  const variant = "89ab"[Number.parseInt(chance[3] as string, 16) % 4];
  return `7${chance.slice(0, 3)}-${variant}${chance.slice(4, 7)}-${chance.slice(7, 19)}`;
}
