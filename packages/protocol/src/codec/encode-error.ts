/** A value that cannot be said in the wanted version of a message: a mistake of the sender, found before sending. */
export class EncodeError extends Error {
  override readonly name = 'EncodeError'
  /** Where in the message, like `/topics/0/name`. */
  readonly path: string
  constructor(message: string, path: string) {
    super(path === '' ? message : `${message} (at ${path})`)
    this.path = path
  }
}
