import { benchIngest, ingestRows, type Round } from "./ingest-bench.ts";

/** How a round went, and what it cost. */
function line(name: string, { p50Ms, p99Ms, processorMs, others }: Round): string {
  const costs = Object.entries(processorMs).map(([process, ms]) => `${process} ${ms.toFixed(2)}`);
  const sum = Object.values(processorMs).reduce((all, ms) => all + ms, 0);
  return `${name}: p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms; processor time for each ${sum.toFixed(2)} ms (${costs.join(", ")}); others used ${Math.round(100 * others)} % of the machine`;
}

const figures = await benchIngest();
for (const [round, of] of figures.steady.entries()) console.log(line(`executed, round ${round + 1}`, of));
console.log(line("accepted only", figures.alone));
console.log(line("2,000 runs behind", figures.behind));
for (const [figure, value] of ingestRows(figures)) console.log(`| ${figure} | ${value} |`);
