import type { FaultCase } from "./workflows.ts";

/** An event and a result of so many bytes, which from 90,000 on do not lie in a run's own item of a table. */
export function largeValues(bytes: number): FaultCase {
  const text = noise(bytes);
  return {
    file: {
      steps: [
        { type: "http_call", url: "https://x.test/large", output_to: "large" },
        { type: "set", values: { both: ["${large}", "${body}"] } },
        { type: "http_call", method: "POST", url: "https://x.test/b", body: "${large}", output_to: "b" },
        { type: "wait", seconds: 60 },
        { type: "http_call", url: "https://x.test/c", output_to: "c" },
      ],
      output: "${large}",
    },
    event: { body: text },
    http: [
      { url: "https://x.test/large", body: text },
      { url: "https://x.test/*", body: 1 },
    ],
  };
}

/** Text that no compression makes small. */
function noise(bytes: number): string {
  let state = 1;
  const letter = () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return String.fromCharCode(33 + ((state >>> 16) % 90));
  };
  return Array.from({ length: bytes }, letter).join("").replaceAll(/[\\$]/g, "_");
}
