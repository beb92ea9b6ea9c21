import { FlowError } from "./flow-error.ts";
import { isWholePlaceholder, type Lookup, placeholderValue, type Template, textOf } from "./template.ts";

/**
 * The text of a URL's template. State that is inserted behind the host is percent-encoded, so an id with `/` or `?`
 * stays an id; a whole-value placeholder, `${env:…}`, and state before or inside the host go in as they are.
 * @throws FlowError `invalid_input` for state that would leave the host it is inserted into, or that makes `.` or `..`
 * a segment of the path, which no encoding can keep from climbing.
 */
export function renderUrl(template: Template, lookup: Lookup): string {
  if (isWholePlaceholder(template)) return textOf(placeholderValue(template[0], lookup));
  let url = "";
  const inserted: Range[] = [];
  for (const part of template) {
    if (typeof part === "string") {
      url += part;
      continue;
    }
    const text = textOf(placeholderValue(part, lookup));
    const place = placeAfter(url);
    if ("env" in part.source || place === "before the host") {
      url += text;
      continue;
    }
    if (place === "in the host" && /[/?#@\\\s]/.test(text)) {
      throw new FlowError(
        "invalid_input",
        `\${${part.text}} is "${text}", which cannot stand in the host of a URL: it would change what follows`,
      );
    }
    const start = url.length;
    url += place === "in the host" ? text : encodeURIComponent(text.toWellFormed());
    if (place === "behind the host") inserted.push({ start, end: url.length });
  }
  refuseClimbing(url, inserted);
  return url;
}

interface Range {
  readonly start: number;
  readonly end: number;
}

/** Which part of a URL comes next. `https:host` and `https:/\host` are read as `https://host` by every client. */
function placeAfter(url: string): "before the host" | "in the host" | "behind the host" {
  const authority = /^\s*[a-z][a-z0-9+.-]*:[/\\]*/i.exec(url);
  if (!authority) return "before the host";
  return /[/?#\\]/.test(url.slice(authority[0].length)) ? "behind the host" : "in the host";
}

function refuseClimbing(url: string, inserted: readonly Range[]): void {
  if (inserted.length === 0) return;
  const path = url.replace(/[?#].*$/s, "");
  for (const { index, 0: segment } of path.matchAll(/[^/\\]+/g)) {
    const isDots = /^(?:\.|%2e){1,2}$/i.test(segment);
    if (isDots && inserted.some(({ start, end }) => start <= index + segment.length && end >= index)) {
      throw new FlowError(
        "invalid_input",
        `"${segment}" was inserted as a segment of ${path}: it would climb to another address`,
      );
    }
  }
}
