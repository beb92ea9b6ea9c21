import { mediaType } from "../core/event-body.ts";
import { type Json, parseJson } from "../core/json.ts";
import type { HttpResponse } from "../core/ports/http.ts";

/** An answer's body as text, in the charset it names, else UTF-8. */
export function answerText({ headers, body }: HttpResponse): string {
  const charset = /;\s*charset="?([^";\s]+)/i.exec(headers["content-type"] ?? "")?.[1] ?? "utf-8";
  try {
    return new TextDecoder(charset).decode(body);
  } catch {
    // A charset nobody knows: what is ASCII in it stays readable.
    return new TextDecoder().decode(body);
  }
}

/**
 * An answer's body: parsed where its type says JSON, and where it is a JSON object or list whatever its type says (many
 * servers send JSON as text/html or text/plain); else text. What says JSON but is broken is handed on as text, after a
 * word to `warn`.
 */
export function answerBody(response: HttpResponse, warn: (message: string) => void): Json {
  const type = response.headers["content-type"];
  const text = answerText(response);
  const claimsJson = /[/+]json$/.test(mediaType(type));
  if (claimsJson && text.trim() === "") return null;
  if (!claimsJson && !/^\s*[{[]/.test(text)) return text;
  try {
    return parseJson(text);
  } catch (fault) {
    if (claimsJson) {
      warn(`the answer says it is ${type}, but is no JSON (${(fault as Error).message}): it is kept as text`);
    }
    return text;
  }
}
