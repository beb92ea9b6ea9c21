/** Tells what happens, for whoever looks into one seed. */
export type Trace = (who: string, what: string) => void;
