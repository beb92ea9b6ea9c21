import { systemRandom } from "../../lib/adapters/system-random.ts";
import { seededRandom } from "../../lib/testing/seeded-random.ts";
import { randomContract } from "./random-contract.ts";

randomContract("the system's chance", () => systemRandom);
randomContract("the chance of tests", seededRandom);
