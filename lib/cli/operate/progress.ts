/** Tells people how far a command has come. */
export interface Progress {
  show(done: number, of: number): void;
  /** Takes the bar away. */
  end(): void;
}

const WIDTH = 30;
const REDRAW_MS = 100;
// Without a terminal a line for each of these.
const LINE_EVERY = 100;

/** A bar that is drawn in place on a terminal, and a plain line now and then elsewhere. */
export function createProgress(output: NodeJS.WriteStream, verb: string): Progress {
  let drawnAt = Number.NEGATIVE_INFINITY;
  if (!output.isTTY) {
    return {
      show(done, of) {
        if (done > 0 && done % LINE_EVERY === 0) output.write(`${verb}: ${done} of ${of}\n`);
      },
      end() {},
    };
  }
  return {
    show(done, of) {
      const now = performance.now();
      if (now - drawnAt < REDRAW_MS && done < of) return;
      drawnAt = now;
      const share = of === 0 ? 1 : Math.min(1, done / of);
      const bar = "█".repeat(Math.round(share * WIDTH)).padEnd(WIDTH, "░");
      output.write(`\r\u001b[K${verb} ${bar} ${done} of ${of}`);
    },
    end() {
      output.write("\r\u001b[K");
    },
  };
}
