import type { Bundle } from "./build-bundles.ts";

/** The sizes of bundles as a table of text, in kB of 1,000 bytes. */
export function sizeTable(bundles: readonly Bundle[]): string {
  const rows = [
    ["bundle", "read at start", "all code", "files beside"],
    ...bundles.map(({ name, startBytes, totalBytes, assetBytes }) => [
      name,
      ...[startBytes, totalBytes, assetBytes].map(kilobytes),
    ]),
  ];
  return rows
    .map(([name = "", ...sizes]) => `${name.padEnd(10)}${sizes.map((size) => size.padStart(14)).join("")}`)
    .join("\n");
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}
