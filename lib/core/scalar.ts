import { FlowError } from "./flow-error.ts";
import { type Json, parseJson } from "./json.ts";

/**
 * Reads one scalar as the core schema of YAML 1.2 does (chapter 10.3.2): null, booleans, integers (also 0x and 0o),
 * floats, quoted and plain strings. `.inf` and `.nan` have no JSON form and stay text.
 * @throws FlowError `config_error` for a quote that is not closed.
 */
export function parseScalar(text: string): Json {
  if (/^(?:~|null|Null|NULL|)$/.test(text)) return null;
  if (/^(?:true|True|TRUE)$/.test(text)) return true;
  if (/^(?:false|False|FALSE)$/.test(text)) return false;
  if (/^0o[0-7]+$/.test(text) || /^0x[0-9a-fA-F]+$/.test(text)) return parseJson(String(BigInt(text)));
  if (/^[-+]?(?:\.\d+|\d+(?:\.\d*)?)(?:[eE][-+]?\d+)?$/.test(text)) return parseNumber(text);
  if (text.startsWith('"')) return parseDoubleQuoted(text);
  if (text.startsWith("'")) {
    if (!/^'(?:[^']|'')*'$/.test(text))
      throw new FlowError("config_error", `${text} is not closed: end it with '`);
    return text.slice(1, -1).replaceAll("''", "'");
  }
  return text;
}

/** JSON wants `0.5` where YAML takes `+.5`, `5.` and `007`. */
function parseNumber(text: string): Json {
  const [, sign = "", whole = "", fraction = "", exponent = ""] =
    /^([-+]?)0*(\d*)(\.\d*)?([eE][-+]?\d+)?$/.exec(text) ?? [];
  return parseJson(`${sign === "-" ? "-" : ""}${whole || "0"}${fraction === "." ? "" : fraction}${exponent}`);
}

function parseDoubleQuoted(text: string): Json {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new FlowError(
      "config_error",
      `${text} is not a quoted text: close the quote and write escapes as in JSON`,
      { cause },
    );
  }
}
