import { Logger, type LogItem } from "@aws-lambda-powertools/logger";
import type { LogLine } from "../core/journal.ts";
import type { Json, JsonObject } from "../core/json.ts";
import type { Log } from "../core/ports/log.ts";
import type { Redactor } from "../core/redactor.ts";

/** How a log is made. */
export interface JsonLogOptions {
  readonly service: string;
  /** Lines below it are not written. */
  readonly level: "DEBUG" | "INFO" | "WARN" | "ERROR";
  /** Blanks what must not be seen; without it lines are written as they are. */
  readonly redactor?: Redactor;
  /** Takes one line, without its line break; default: standard output. */
  readonly write?: (line: string) => void;
}

/**
 * One JSON object a line, in the shape of Powertools for AWS Lambda: level, message, timestamp, service, the context of
 * `with`, and the line's own fields under `fields`, where they cannot pass for context.
 */
export function createLog({ service, level, redactor, write = toStandardOutput }: JsonLogOptions): Log {
  const logger = createLineLogger(service, level, write);
  const clean = redactor ?? { text: (text: string) => text, json: <T extends Json>(value: T) => value };

  function scoped(context: JsonObject): Log {
    return {
      with: (fields) => scoped({ ...context, ...fields }),
      write({ level: severity, message, fields }: LogLine) {
        const attributes = clean.json({ ...context, ...(fields && { fields }) });
        logger[severity](
          clean.text(message),
          Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, asItIs(value)])),
        );
      },
    };
  }
  return scoped({});
}

/** Powertools copies plain objects and loses exact numbers on the way; what `toJSON` hands out stays whole. */
function asItIs(value: Json): Json | { toJSON(): Json } {
  return typeof value === "object" && value !== null ? { toJSON: () => value } : value;
}

/** A closure, not a field: Powertools may write its first line from within the constructor. */
function createLineLogger(
  service: string,
  level: JsonLogOptions["level"],
  write: (line: string) => void,
): Logger {
  class LineLogger extends Logger {
    protected override printLog(_level: number, item: LogItem): void {
      item.prepareForPrint();
      // What is empty is left out, a message too.
      write(JSON.stringify({ message: "", ...item.getAttributes() }));
    }
  }
  return new LineLogger({ serviceName: service, logLevel: level });
}

function toStandardOutput(line: string): void {
  process.stdout.write(`${line}\n`);
}
