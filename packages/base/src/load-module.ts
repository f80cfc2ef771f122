import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)

/**
 * Loads a CommonJS module (usually one around native code) when it is first needed, so that starting up does not
 * pay for what may never be used. Undefined when it is not there or not made for this machine.
 */
export function loadModule<Module>(name: string): Module | undefined {
  try {
    return require(name) as Module
  } catch {
    return undefined
  }
}
