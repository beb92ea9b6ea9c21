import { createHmac } from "node:crypto";

/** A text that only who has the token can make of another one: 43 letters, digits, `-` and `_`. */
export function keyed(token: string, text: string): string {
  return createHmac("sha256", `hookline console ${token}`).update(text).digest("base64url");
}
