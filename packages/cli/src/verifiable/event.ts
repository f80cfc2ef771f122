import type { Io } from '../command/command.ts'

/** Prints an event of a verifiable tool: one JSON object a line, its time and name first. */
export function printEvent(io: Io, name: string, fields: Readonly<Record<string, unknown>> = {}): void {
  io.print(`${JSON.stringify({ timestamp: Date.now(), name, ...fields })}\n`)
}

/** JSON with a number that has a fraction in any case, as Java writes it. */
export function printEventWithDouble(
  io: Io,
  name: string,
  fields: Readonly<Record<string, unknown>>,
  [key, text]: readonly [key: string, text: string],
): void {
  const json = JSON.stringify({ timestamp: Date.now(), name, ...fields })
  io.print(`${json.slice(0, -1)},${JSON.stringify(key)}:${text}}\n`)
}
