/** What ECMAScript itself defines, and the codecs and WebAssembly that Pyodide is built on. */
const LANGUAGE = new Set<PropertyKey>([
  ..."globalThis Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol".split(
    " ",
  ),
  ..."Date Promise RegExp Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError".split(
    " ",
  ),
  ..."URIError JSON Math Intl ArrayBuffer SharedArrayBuffer Atomics DataView Uint8Array Int8Array Uint16Array".split(
    " ",
  ),
  ..."Int16Array Uint32Array Int32Array BigUint64Array BigInt64Array Uint8ClampedArray Float16Array".split(
    " ",
  ),
  ..."Float32Array Float64Array Map BigInt Set Iterator WeakMap WeakSet WeakRef Proxy Reflect".split(" "),
  ..."FinalizationRegistry SuppressedError decodeURI decodeURIComponent encodeURI encodeURIComponent".split(
    " ",
  ),
  ..."escape unescape eval isFinite isNaN TextDecoder TextEncoder WebAssembly".split(" "),
]);

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
