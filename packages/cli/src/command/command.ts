import type { Outside } from '@samsa/client'
import type { OptionTable, OptionsOf } from './options.ts'

/**
 * A command is a value: help, parsing and completion are read off it, and a test runs it without starting a process.
 */
export interface Command<Options extends OptionTable = OptionTable> {
  /** `start`, or a noun and a verb: `topics create`. */
  readonly name: string
  /** One sentence. */
  readonly about: string
  /** Words that are not options, in order. */
  readonly words?: readonly CommandWord[]
  readonly options: Options
  /** Command lines with what they do, shown by `--help`. */
  readonly examples: readonly (readonly [line: string, about: string])[]
  /**
   * Answers the exit code. A `KafkaError` or `FailedError` may be thrown: it is told as a message with exit code 1.
   *
   * @param words what was given of `words`, in order
   */
  run(options: OptionsOf<Options>, io: Io, words: readonly string[]): Promise<number>
}

export interface CommandWord {
  readonly name: string
  readonly about: string
  readonly isRequired?: boolean
  readonly choices?: readonly string[]
  /** Takes all words that are left; only the last word may. */
  readonly isVariadic?: boolean
}

/** Declares a command: its `run` gets the options typed as its table says. */
export function command<const Options extends OptionTable>(value: Command<Options>): Command {
  return value as unknown as Command
}

/** What a command may touch of its process. */
export interface Io {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The directory the command was started in. */
  readonly directory: string
  /** The version of Samsa. */
  readonly version: string
  /** Output goes to a person at a terminal. */
  readonly isTerminal: boolean
  /** Input comes from a person at a terminal. */
  readonly isInputTerminal: boolean
  /** What the command's Kafka clients are given: world, network, logger. */
  readonly outside: Outside
  /** Milliseconds since the process began. */
  uptimeMs(): number
  /** Writes to the standard output. */
  print(text: string): void
  /**
   * Writes to the standard output and waits until it has taken it: for output without end. False when the reader
   * has gone away and nothing more need be written.
   */
  write(chunk: string | Uint8Array): Promise<boolean>
  /** Writes to the standard error. */
  printError(text: string): void
  /** The standard input, in pieces as they come. */
  readonly input: AsyncIterable<Uint8Array>
  /** Text of a file; throws Node's error when it cannot be read. */
  readFile(path: string): string
  /** Calls back with the name of a signal that asks the process to end, until the returned function is called. */
  onStopSignal(callback: (signal: StopSignal) => void): () => void
  /** Ends the process at once. */
  exit(code: number): void
}

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** A command could not do what it was asked to; the message says what is wrong and what to do. */
export class FailedError extends Error {
  override readonly name = 'FailedError'
}

/**
 * Whether what was thrown is something that can happen, told to the user by its message, and not a bug. The client's
 * error is known by its name: loading the client costs what `samsa start` need not pay.
 */
export function isExpectedFailure(error: unknown): error is Error {
  return error instanceof Error && (error.name === 'FailedError' || error.name === 'KafkaError')
}

/** Exit codes of all commands. Kafka's own names (`kafka-topics`, …) end with 1 for a wrong command line, as Kafka's do. */
export const exitCodes = {
  ok: 0,
  /** It could not do what it was asked to: settings, port, disk. The message says which. */
  failed: 1,
  /** The command line was wrong. */
  usage: 2,
  /** A bug in Samsa (EX_SOFTWARE of sysexits). */
  bug: 70,
} as const

/** By convention 128 plus the number of the signal. */
export const signalExitCodes: Readonly<Record<StopSignal, number>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGTERM: 143,
}
