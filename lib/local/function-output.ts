import { createWriteStream } from "node:fs";

/** Where the functions' output goes, as Lambda takes theirs. */
export interface FunctionOutput {
  /** Writes to the terminal's standard output, past the capture. */
  print(line: string): void;
  /** Writes to the terminal's standard error, past the capture. */
  tell(line: string): void;
  /** A line of the stack itself, for the log file. */
  log(line: string): void;
  close(): Promise<void>;
}

/** How output is caught. */
export interface FunctionOutputOptions {
  readonly file: string;
  /** Show the functions' lines on standard error too. */
  readonly verbose: boolean;
  /** Sees every JSON object that is logged. */
  readonly onRecord: (record: { readonly [key: string]: unknown }) => void;
}

/**
 * Takes over standard output, which the functions' logger writes to in our process as it does in Lambda's, so that
 * their lines reach the log file and the terminal keeps to what people read.
 */
export function captureFunctionOutput(options: FunctionOutputOptions): FunctionOutput {
  const stream = createWriteStream(options.file, { flags: "a" });
  stream.on("error", () => {});
  const terminal = {
    out: process.stdout.write.bind(process.stdout),
    err: process.stderr.write.bind(process.stderr),
  };
  // A terminal that was closed must not end the runs that are under way.
  process.stdout.on("error", () => {});
  process.stderr.on("error", () => {});

  const take = (text: string): void => {
    stream.write(text);
    if (options.verbose) terminal.err(text);
    for (const line of text.split("\n")) {
      if (line.startsWith("{")) options.onRecord(parseRecord(line));
    }
  };
  const caught = (chunk: string | Uint8Array, ...rest: unknown[]): boolean => {
    take(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8"));
    const done = rest.at(-1);
    if (typeof done === "function") process.nextTick(done);
    return true;
  };
  process.stdout.write = caught;
  process.stderr.write = caught;
  return {
    print: (line) => terminal.out(`${line}\n`),
    tell: (line) => terminal.err(`${line}\n`),
    log: (line) => take(`${line}\n`),
    close() {
      process.stdout.write = terminal.out;
      process.stderr.write = terminal.err;
      return new Promise((resolve) => stream.end(resolve));
    },
  };
}

function parseRecord(line: string): { readonly [key: string]: unknown } {
  try {
    return JSON.parse(line);
  } catch {
    return {};
  }
}
