import { setFlagsFromString } from 'node:v8'

/**
 * Keeps V8 from optimising what is run often while modules are loaded, and never again: reading file names, making
 * schemas. The compiler for it is 4 MB of Node.js's own code that an idle node then has in memory for nothing.
 */
export function holdOptimiser(): void {
  setFlagsFromString('--no-opt')
}

/** From now on it is worth it. */
export function releaseOptimiser(): void {
  setFlagsFromString('--opt')
}
