/** A broken invariant: a bug in this program, never bad input. Stops what the invariant protects. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError'
}

/** Throws `AssertionError` unless the condition holds. Stays on in production. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new AssertionError(message)
}

/** Ends a `switch` the compiler has proved complete; reached only when a type was lied about. */
export function never(value: never, what = 'case'): never {
  throw new AssertionError(`unexpected ${what}: ${String(value)}`)
}
