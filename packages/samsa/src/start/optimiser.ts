import { setFlagsFromString } from 'node:v8'

/**
 * Keeps V8 from optimising what a start runs often, which is never run again: reading file names, making schemas. The
 * compiler for it is 5 MB of Node.js's own code that an idle node then has in memory for nothing.
 */
export function holdOptimiser(): void {
  setFlagsFromString('--no-opt')
  // Loops that are still running are another matter to it.
  setFlagsFromString('--no-use-osr')
}

/** From now on it is worth it. */
export function releaseOptimiser(): void {
  setFlagsFromString('--opt')
  setFlagsFromString('--use-osr')
}
