/**
 * One of Node's own modules, loaded at the first call: those that only some programs need would cost all of them
 * milliseconds at their start, and memory.
 *
 * ```ts
 * const crypto = builtin<typeof import('node:crypto')>('node:crypto')
 * crypto().randomBytes(16)
 * ```
 */
export function builtin<Module>(name: `node:${string}`): () => Module {
  let loaded: Module | undefined
  return () => {
    loaded ??= process.getBuiltinModule(name) as Module
    return loaded
  }
}
