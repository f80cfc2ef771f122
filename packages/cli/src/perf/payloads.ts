import { resolve } from 'node:path'
import { FailedError, type Io } from '../command/command.ts'

/** Gives the value of a record by its number. */
export type Payloads = (index: number) => Uint8Array

/** Random letters that values are cut out of: making each anew would be what is measured. */
const POOL_BYTES = 64 * 1024

/** Values of random capital letters. */
export function randomPayloads(bytes: number): Payloads {
  const pool = randomLetters(Math.max(POOL_BYTES, 2 * bytes))
  return () => {
    const at = Math.floor(Math.random() * (pool.length - bytes + 1))
    return pool.subarray(at, at + bytes)
  }
}

/** Values that count: 0, 1, 2 … */
export function countingPayloads(): Payloads {
  const encoder = new TextEncoder()
  return index => encoder.encode(String(index))
}

/** Values drawn from a file's pieces. Throws `FailedError` when there are none. */
export function payloadsOfFile(path: string, delimiter: string, io: Io): Payloads {
  const absolute = resolve(io.directory, path)
  io.print(`Reading payloads from: ${absolute}\n`)
  const text = textOf(absolute, io)
  if (text === '') throw new FailedError('File does not exist or empty file provided.')
  const pieces = text.split(delimiter)
  // As Java's Scanner splits: nothing stands before a delimiter at the beginning, or behind one at the end.
  if (pieces[0] === '') pieces.shift()
  if (pieces.at(-1) === '') pieces.pop()
  io.print(`Number of records read: ${pieces.length}\n`)
  const encoder = new TextEncoder()
  const payloads = pieces.map(piece => encoder.encode(piece))
  return () => payloads[Math.floor(Math.random() * payloads.length)]!
}

export function randomLetters(bytes: number): Uint8Array {
  return Uint8Array.from({ length: bytes }, () => 65 + Math.floor(Math.random() * 26))
}

function textOf(path: string, io: Io): string {
  try {
    return io.readFile(path)
  } catch {
    return ''
  }
}
