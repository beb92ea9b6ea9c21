import type { SampleMaker } from "../sample.ts";

/** Something changed in an account: what, is asked for with a call. */
export const dropboxSample: SampleMaker = ({ hex }) => ({
  json: { list_folder: { accounts: [`dbid:${hex}`] }, delta: { users: [1815] } },
});
