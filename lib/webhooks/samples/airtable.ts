import type { SampleMaker } from "../sample.ts";

/** Something changed: the changes themselves are asked for with a call. */
export const airtableSample: SampleMaker = ({ iso }) => ({
  json: { base: { id: "app00000000000000" }, webhook: { id: "ach00000000000000" }, timestamp: iso },
});
