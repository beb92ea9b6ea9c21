import { userInfo } from "node:os";
import type { ChangeWord } from "../../app/announce-versions.ts";

/** Who changes something from this terminal, and when. */
export function changeWord(): ChangeWord {
  return { at: Date.now(), by: userName() };
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // A container's user may have no name.
    return "somebody";
  }
}
