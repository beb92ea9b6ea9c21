/** The beginning of a text, at most `most` characters; `…` says where it was cut, so that a secret cut there is still found. */
export function excerpt(text: string, most: number): string {
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}
