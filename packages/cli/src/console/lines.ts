import { FailedError } from '../command/command.ts'

/** A line that does not end would fill memory. */
const LINE_CHARACTERS_MAX = 1 << 27

/**
 * The lines of a text in UTF-8, by piece of input: each time those that have become complete. They end with a line feed,
 * a carriage return or both, as Java's readers have it; the last one may end with the input.
 */
export async function* linesOf(input: AsyncIterable<Uint8Array>): AsyncGenerator<string[], void, undefined> {
  const splitter = new LineSplitter()
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  for await (const chunk of input) {
    const lines = splitter.split(decoder.decode(chunk, { stream: true }))
    if (lines.length > 0) yield lines
  }
  const lines = splitter.split(decoder.decode())
  const last = splitter.rest
  if (last !== '') lines.push(last)
  if (lines.length > 0) yield lines
}

/** Splits a text that comes in pieces into lines. */
export class LineSplitter {
  /** What stands behind the last end of a line. */
  rest = ''
  /** The piece before ended with a carriage return: a line feed that follows belongs to it. */
  #isAfterReturn = false

  /** The lines that this piece completes. */
  split(given: string): string[] {
    const text = this.#isAfterReturn && given.startsWith('\n') ? given.slice(1) : given
    if (given !== '') this.#isAfterReturn = given.endsWith('\r')
    const parts = text.includes('\r') ? text.split(/\r\n|\n|\r/) : text.split('\n')
    parts[0] = this.rest + parts[0]!
    this.rest = parts.pop()!
    if (this.rest.length > LINE_CHARACTERS_MAX)
      throw new FailedError(`A line of the input has more than ${LINE_CHARACTERS_MAX} characters.`)
    return parts
  }
}
