import type { Io } from '../command/command.ts'

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const
export type Colour = keyof typeof codes

/** Colours a text, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string

/** Colours for a person at a terminal who has not set NO_COLOR. */
export function paintFor(io: Pick<Io, 'isTerminal' | 'environment'>): Paint {
  const isColoured = io.isTerminal && (io.environment.NO_COLOR ?? '') === ''
  return isColoured ? (colour, text) => `\u001b[${codes[colour]}m${text}\u001b[0m` : (_, text) => text
}
