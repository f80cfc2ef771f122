import type { Io } from '../command/command.ts'
import { linesOf } from '../console/lines.ts'

/** Answers from the standard input, a line each time it is called; undefined when there are no more. */
export function readAnswer(io: Io): () => Promise<string | undefined> {
  const pieces = linesOf(io.input)
  const waiting: string[] = []
  return async () => {
    while (waiting.length === 0) {
      const { value, done } = await pieces.next()
      if (done === true) return undefined
      waiting.push(...value)
    }
    return waiting.shift()!.trim()
  }
}
