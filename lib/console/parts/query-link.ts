/** A path with the query parameters that have a value. */
export function queryLink(path: string, parameters: { readonly [name: string]: string | undefined }): string {
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const query = new URLSearchParams(given).toString();
  return query === "" ? path : `${path}?${query}`;
}
