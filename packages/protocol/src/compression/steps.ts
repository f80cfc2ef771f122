import type { Codec } from '@samsa/base'

/**
 * One block to compress or to inflate. Framings consist of such steps with a little work between them: written as
 * generators they serve the synchronous and the asynchronous functions alike.
 */
export interface Step {
  now(): Uint8Array
  later(): Promise<Uint8Array>
}

/** Work that yields steps, is sent their results, and returns the whole. */
export type Steps = Generator<Step, Uint8Array, Uint8Array>

export function compressing(codec: Codec, bytes: Uint8Array, level?: number): Step {
  return { now: () => codec.compress(bytes, level), later: () => codec.compressAsync(bytes, level) }
}

export function inflating(codec: Codec, bytes: Uint8Array, maxBytes: number): Step {
  return { now: () => codec.decompress(bytes, maxBytes), later: () => codec.decompressAsync(bytes, maxBytes) }
}

export function runNow(steps: Steps): Uint8Array {
  let step = steps.next()
  while (!step.done) step = steps.next(step.value.now())
  return step.value
}

export async function runLater(steps: Steps): Promise<Uint8Array> {
  let step = steps.next()
  while (!step.done) step = steps.next(await step.value.later())
  return step.value
}
