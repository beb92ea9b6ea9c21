/** A path of this console, or its first page: nobody is sent elsewhere. */
export function ownPath(to: string | undefined): string {
  return to !== undefined && /^\/(?![/\\])[\x21-\x7e]*$/.test(to) ? to : "/";
}
