/** Calls of a method, or of any, to the URLs of a pattern. */
export interface CallPattern {
  readonly method?: string | undefined;
  readonly url: string;
}

/** Reads `POST https://…/*`, or a URL alone for any method. */
export function parseCall(text: string): CallPattern {
  const [, method, url] = /^([A-Za-z]+|\*)\s+(\S.*)$/s.exec(text) ?? [];
  if (method === undefined || url === undefined) return { url: text };
  return method === "*" ? { url } : { method: method.toUpperCase(), url };
}

/** A URL matches exactly, with or without its query, or by `*`, which stands for any text. */
export function matchesCall(
  pattern: CallPattern,
  { method, url }: { readonly method: string; readonly url: string },
): boolean {
  if (pattern.method !== undefined && pattern.method !== method) return false;
  const wanted = new RegExp(`^${pattern.url.split("*").map(RegExp.escape).join(".*")}$`, "s");
  return wanted.test(url) || wanted.test(url.replace(/[?#].*$/s, ""));
}
