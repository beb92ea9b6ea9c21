/** What ECMAScript itself defines, and the codecs and WebAssembly that Pyodide is built on. */
const LANGUAGE = new Set<PropertyKey>(
  `globalThis undefined Infinity NaN eval isFinite isNaN parseFloat parseInt escape unescape
  decodeURI decodeURIComponent encodeURI encodeURIComponent
  Object Function Array Number Boolean String Symbol BigInt Date Math JSON Intl RegExp Promise Proxy Reflect Iterator
  Map Set WeakMap WeakSet WeakRef FinalizationRegistry
  Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError SuppressedError
  ArrayBuffer SharedArrayBuffer Atomics DataView Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array
  BigUint64Array BigInt64Array Uint8ClampedArray Float16Array Float32Array Float64Array
  TextDecoder TextEncoder WebAssembly`.split(/\s+/),
);

/** What the inside of Node asks its own `process` object for; the environment is empty. */
const OF_NODE = new Set<PropertyKey>([
  "nextTick",
  "emitWarning",
  "_tickCallback",
  "_exiting",
  "exitCode",
  "env",
]);

/**
 * Takes everything out of this process that is Node's: after this no global leads to a file, a socket, another process
 * or the environment, and `process` itself is an empty shell for whoever still finds it.
 */
export function bareGlobals(): void {
  const { process } = globalThis;
  for (const key of Reflect.ownKeys(globalThis)) {
    if (!LANGUAGE.has(key) && !Reflect.deleteProperty(globalThis, key))
      throw new Error(`the global ${String(key)} cannot be removed`);
  }
  // What of it cannot be removed is plain data: names, versions, what this process may do.
  for (const key of Reflect.ownKeys(process)) if (!OF_NODE.has(key)) Reflect.deleteProperty(process, key);
}
