import { AsyncLocalStorage } from "node:async_hooks";

/** Id of the step in whose run the code is: what tells a scripted port who asks. */
export const askingStep = new AsyncLocalStorage<string>();
