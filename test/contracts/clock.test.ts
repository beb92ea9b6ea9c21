import { systemClock } from "../../lib/adapters/system-clock.ts";
import { virtualClock } from "../../lib/testing/virtual-clock.ts";
import { clockContract } from "./clock-contract.ts";

clockContract("the system's clock", () => systemClock);
clockContract("the clock of tests", virtualClock);
