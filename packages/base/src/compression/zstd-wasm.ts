import { readFileSync } from 'node:fs'
import { lazyModule, resolveModule } from '../load-module.ts'

// Neither the language's library nor Node's types declare what is used here of WebAssembly.
interface Code {
  readonly [Symbol.toStringTag]: string
}
interface Instance {
  readonly exports: object
}
declare const WebAssembly: {
  Module: new (bytes: Uint8Array) => Code
  Instance: new (code: Code, imports: object) => Instance
}

/** Zstandard compiled to WebAssembly, with its own memory: places in it are numbers. */
export interface ZstdWasm {
  HEAPU8: Uint8Array
  _malloc(bytes: number): number
  _free(at: number): void
  _compressBound(bytes: number): number
  /** Returns the size of the result, or -1. */
  _compress(target: number, targetBytes: number, source: number, sourceBytes: number, level: number): number
  _decompress(target: number, targetBytes: number, source: number, sourceBytes: number): number
}

type Factory = (module: object) => Promise<unknown>
const factory = lazyModule<Factory>('@foxglove/wasm-zstd/dist/wasm-zstd.js')

/** Memory only ever grows in an instance, so one that large work has blown up is not used again. */
const KEPT_MEMORY_BYTES = 16 * 1024 * 1024

let compiled: Code | undefined
let current: ZstdWasm | undefined

/** Runs `work` on an instance. The first call compiles the code, which takes some milliseconds. */
export function withZstdWasm<Result>(work: (zstd: ZstdWasm) => Result): Result {
  const zstd = current ?? instantiate()
  // A trap in the code leaves the instance in an unknown state: it comes back only after success.
  current = undefined
  const result = work(zstd)
  if (zstd.HEAPU8.length <= KEPT_MEMORY_BYTES) current = zstd
  return result
}

/**
 * The package's own entry loads asynchronously. Its inner module lets the caller instantiate the code, and then is
 * ready when the call returns: nobody has to wait for compression to become available.
 */
function instantiate(): ZstdWasm {
  compiled ??= new WebAssembly.Module(readFileSync(resolveModule('@foxglove/wasm-zstd/dist/wasm-zstd.wasm')))
  const code = compiled
  const module = {
    instantiateWasm(imports: object, done: (instance: Instance) => void) {
      const instance = new WebAssembly.Instance(code, imports)
      done(instance)
      return instance.exports
    },
  }
  void factory()(module)
  return module as unknown as ZstdWasm
}
