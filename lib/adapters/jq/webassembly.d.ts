// What jq needs of WebAssembly; Node's types only name its module, and the browser's bring a whole browser.
declare namespace WebAssembly {
  type Imports = Record<string, Record<string, unknown>>;

  interface Memory {
    readonly buffer: ArrayBuffer;
  }
  const Memory: new (descriptor: { initial: number }) => Memory;

  interface Instance {
    readonly exports: Record<string, unknown>;
  }

  function compile(bytes: Uint8Array): Promise<Module>;
  function instantiate(module: Module, imports: Imports): Promise<Instance>;
}
