/**
 * Bytes that do not say what they should: truncated, a length beyond the end, a number out of its range.
 *
 * It is always the input that is wrong, never the program: whoever reads foreign bytes catches this class, answers or
 * closes, and goes on.
 */
export class MalformedError extends Error {
  override readonly name = 'MalformedError'
  /** Where in the message, like `/topics/0/name`; empty when the reader knows no structure. */
  readonly path: string
  constructor(message: string, path = '') {
    super(path === '' ? message : `${message} (at ${path})`)
    this.path = path
  }
}
