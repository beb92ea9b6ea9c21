/** Counts what is under way, for those who give way to it. */
export interface WorkCount {
  /** Something has begun; it is over when what this gives is called. */
  begin(): () => void;
  /** Resolves when nothing is under way, after so many milliseconds in any case. */
  over(withinMs: number): Promise<void>;
}

/** A count of nothing yet. */
export function createWorkCount(): WorkCount {
  let count = 0;
  let nothingLeft = Promise.withResolvers<void>();
  return {
    begin() {
      count += 1;
      return () => {
        count -= 1;
        if (count > 0) return;
        nothingLeft.resolve();
        nothingLeft = Promise.withResolvers();
      };
    },
    async over(withinMs) {
      if (count === 0) return;
      const patience = Promise.withResolvers<void>();
      const timer = setTimeout(patience.resolve, withinMs);
      await Promise.race([nothingLeft.promise, patience.promise]);
      clearTimeout(timer);
    },
  };
}
