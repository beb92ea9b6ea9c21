import { parse, YAMLParseError } from "yaml";
import { parseScript, type Script } from "../adapters/scripted/script.ts";
import { readGivenFile } from "../build/read-given-file.ts";
import { FlowError } from "../core/flow-error.ts";
import { parseJson } from "../core/json.ts";

/**
 * Reads the answers that stand in for the network, from YAML or JSON.
 * @throws FlowError `invalid_input` or `config_error` naming the file and what is wrong with it.
 */
export function readMocks(file: string): Script {
  const content = readGivenFile(file);
  try {
    return parseScript(parse(content, exactInteger, { version: "1.2", schema: "core", intAsBigInt: true }));
  } catch (error) {
    if (error instanceof FlowError || error instanceof YAMLParseError) {
      throw new FlowError("config_error", `${file}: ${error.message}`, { cause: error });
    }
    throw error;
  }
}

/** Integers beyond a double keep their digits, as in a workflow and in an answer that came over the network. */
function exactInteger(_key: unknown, value: unknown): unknown {
  return typeof value === "bigint" ? parseJson(String(value)) : value;
}
