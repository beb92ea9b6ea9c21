import { sourceFiles } from "./python-files.ts";
import { cachedSnapshot } from "./snapshot-cache.ts";

// Prints where the snapshot of Python lies, made if need be: for the build, which imports no adapter.
process.stdout.write(await cachedSnapshot(sourceFiles()));
