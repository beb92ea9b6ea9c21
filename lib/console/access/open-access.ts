import { createHash } from "node:crypto";
import type { Random } from "../../core/ports/random.ts";
import type { Access } from "./access.ts";

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/**
 * Lets everybody in who asks this machine by a name of its own: for a stack on loopback. A page of another site that has its
 * name resolve to loopback (DNS rebinding) still asks by that name.
 */
export function openAccess(random: Pick<Random, "uuid">): Access {
  const formKey = createHash("sha256").update(`${random.uuid()} ${random.uuid()}`).digest("base64url");
  return {
    hosts: LOOPBACK,
    visitor: async () => ({ right: "act", signedIn: false, formKey }),
  };
}
