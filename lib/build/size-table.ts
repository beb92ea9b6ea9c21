import type { Bundle } from "./build-bundles.ts";

/** The sizes of bundles as a table of text, in kB of 1,000 bytes. */
export function sizeTable(bundles: readonly Bundle[]): string {
  const rows = [
    ["bundle", "read at start", "all code"],
    ...bundles.map(({ name, startBytes, totalBytes }) => [
      name,
      kilobytes(startBytes),
      kilobytes(totalBytes),
    ]),
  ];
  return rows
    .map(
      ([name = "", start = "", total = ""]) => `${name.padEnd(10)}${start.padStart(14)}${total.padStart(14)}`,
    )
    .join("\n");
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}
