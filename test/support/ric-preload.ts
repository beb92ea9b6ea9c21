import { registerHooks } from "node:module";

const substitute = { url: new URL("./rapid-client.ts", import.meta.url).href, shortCircuit: true };

registerHooks({
  resolve: (specifier, context, nextResolve) =>
    specifier === "./rapid-client.node" ? substitute : nextResolve(specifier, context),
});
