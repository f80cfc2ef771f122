import type { Outside } from '@samsa/client'
import type { Io, StopSignal } from './command.ts'

/** A process made up for a test: what is printed is kept, and signals are sent by hand. */
export interface TestIo extends Io {
  readonly output: () => string
  readonly errors: () => string
  readonly exits: readonly number[]
  signal(signal: StopSignal): void
}

export interface TestIoGiven {
  environment?: Record<string, string>
  files?: Record<string, string>
  isTerminal?: boolean
  /** The standard input. */
  input?: string | AsyncIterable<Uint8Array>
  outside?: Outside
}

export function testIo(given: TestIoGiven = {}): TestIo {
  let output = ''
  let errors = ''
  const exits: number[] = []
  const callbacks = new Set<(signal: StopSignal) => void>()
  return {
    environment: given.environment ?? {},
    directory: '/home/me',
    version: '1.2.3',
    isTerminal: given.isTerminal ?? false,
    isInputTerminal: false,
    outside: given.outside ?? {},
    uptimeMs: () => 20,
    print: text => {
      output += text
    },
    write: chunk => {
      output += typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk)
      return Promise.resolve(true)
    },
    printError: text => {
      errors += text
    },
    input: inputOf(given.input ?? ''),
    readFile: path => {
      const text = given.files?.[path]
      if (text === undefined) throw new Error(`ENOENT: no such file or directory, open '${path}'`)
      return text
    },
    onStopSignal: callback => {
      callbacks.add(callback)
      return () => callbacks.delete(callback)
    },
    exit: code => {
      exits.push(code)
    },
    output: () => output,
    errors: () => errors,
    exits,
    signal: signal => {
      for (const callback of callbacks) callback(signal)
    },
  }
}

async function* inputOf(input: string | AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  if (typeof input !== 'string') yield* input
  else if (input !== '') yield new TextEncoder().encode(input)
}
