import { createRequire } from 'node:module'

let require: NodeJS.Require | undefined

/** From here, made when it is first needed: most programs need none of the modules that are loaded with it. */
function requireHere(): NodeJS.Require {
  require ??= createRequire(import.meta.url)
  return require
}

/**
 * Loads a CommonJS module (usually one around native code) when it is first needed, so that starting up does not
 * pay for what may never be used. Undefined when it is not there or not made for this machine.
 */
export function loadModule<Module>(name: string): Module | undefined {
  try {
    return requireHere()(name) as Module
  } catch {
    return undefined
  }
}

/** Like `loadModule`, once, for what has no substitute: the error says what is missing and why. */
export function lazyModule<Module>(name: string): () => Module {
  let loaded: Module | undefined
  return () => {
    loaded ??= requireModule<Module>(name)
    return loaded
  }
}

function requireModule<Module>(name: string): Module {
  try {
    return requireHere()(name) as Module
  } catch (cause) {
    const reason = `the package '${name}' cannot be loaded on ${process.platform} ${process.arch}`
    throw new Error(`${reason}: install it again (npm ci), its binary for this machine included`, { cause })
  }
}

/** Where the file `name` of a package lies. */
export function resolveModule(name: string): string {
  return requireHere().resolve(name)
}
