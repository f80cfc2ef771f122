import type { Io, StopSignal } from './command.ts'

/** A process made up for a test: what is printed is kept, and signals are sent by hand. */
export interface TestIo extends Io {
  readonly output: () => string
  readonly errors: () => string
  readonly exits: readonly number[]
  signal(signal: StopSignal): void
}

export function testIo(
  given: { environment?: Record<string, string>; files?: Record<string, string>; isTerminal?: boolean } = {},
): TestIo {
  let output = ''
  let errors = ''
  const exits: number[] = []
  const callbacks = new Set<(signal: StopSignal) => void>()
  return {
    environment: given.environment ?? {},
    directory: '/home/me',
    isTerminal: given.isTerminal ?? false,
    uptimeMs: () => 20,
    print: text => {
      output += text
    },
    printError: text => {
      errors += text
    },
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
