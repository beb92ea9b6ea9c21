/**
 * Parses an http or https URL without a user name in it; anything else is thrown as what `fault` makes of a phrase that
 * names it and says what would be right. Query and credentials never show in the phrase.
 */
export function webUrl(text: string, fault: (phrase: string) => Error, base?: URL): URL {
  const shown = JSON.stringify((text.split(/[?#]/)[0] ?? "").replace(/\/\/[^/]*@/, "//***@").slice(0, 200));
  if (!URL.canParse(text, base?.href))
    throw fault(`${shown}, which is not a URL: write it as https://host/path`);
  const url = new URL(text, base);
  if (url.protocol !== "http:" && url.protocol !== "https:")
    throw fault(`${shown}, which is neither http nor https`);
  if (url.username !== "" || url.password !== "") {
    throw fault(
      `${shown}, which carries a user name or password: send them as a header, "Authorization: Basic " and the base64 of "name:password"`,
    );
  }
  return url;
}
