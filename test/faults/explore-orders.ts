import { parseArgs } from "node:util";
import { FAULTS } from "../support/faults.ts";
import { everyStruckOrder } from "./every-struck-order.ts";
import { SCENES, sceneCase } from "./scenes.ts";

const { values } = parseArgs({ options: { runners: { type: "string", default: "2" } } });

const began = performance.now();
let all = 0;
for (const about of Object.keys(SCENES)) {
  for (const fault of FAULTS) {
    const { orders, struck, poisoned, broken } = await everyStruckOrder(
      sceneCase(about),
      Number(values.runners),
      fault,
    );
    all += orders;
    const calls = Object.entries(struck).map(([name, count]) => `${name} ${count}`);
    console.log(
      `${about}, ${fault}: ${orders} orders (${calls.join(", ")}), ${poisoned} poisoned, ${broken.length} broken`,
    );
    if (broken.length === 0) continue;
    process.exitCode = 1;
    console.error(JSON.stringify(broken.slice(0, 2), undefined, 2));
  }
}
console.log(`${all} orders, ${((performance.now() - began) / 1000).toFixed(0)} s`);
