/** A header that somebody wrote as `name: value`, its name in lower case; undefined for what is none (RFC 9110, 5.6.2). */
export function readHeaderLine(text: string): readonly [name: string, value: string] | undefined {
  const [, name, value = ""] = /^([A-Za-z0-9!#$%&'*+.^_`|~-]+):\s*(.*)$/.exec(text) ?? [];
  return name === undefined ? undefined : [name.toLowerCase(), value.trimEnd()];
}
