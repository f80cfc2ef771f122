/**
 * A command is a value: help, parsing and (later) completion are read off it, and a test runs it without starting a
 * process.
 */
export interface Command<Input = Record<string, unknown>> {
  readonly name: string
  /** One sentence. */
  readonly about: string
  /** The one positional argument, if it takes one. */
  readonly argument?: { readonly name: string; readonly about: string }
  readonly options: readonly CommandOption[]
  /** Command lines with what they do, shown by `--help`. */
  readonly examples: readonly (readonly [line: string, about: string])[]
  /** Answers the exit code. Expected failures are told through `io` and answered, not thrown. */
  run(input: Input, io: Io): Promise<number>
}

export interface CommandOption {
  /** In commander's form: `--port <number>`. */
  readonly flags: string
  readonly about: string
  readonly choices?: readonly string[]
  /** May be given several times. */
  readonly isRepeatable?: boolean
}

/** What a command may touch of its process. */
export interface Io {
  readonly environment: Readonly<Record<string, string | undefined>>
  /** The directory the command was started in. */
  readonly directory: string
  /** Output goes to a person at a terminal. */
  readonly isTerminal: boolean
  /** Milliseconds since the process began. */
  uptimeMs(): number
  /** Writes to the standard output. */
  print(text: string): void
  /** Writes to the standard error. */
  printError(text: string): void
  /** Text of a file; throws Node's error when it cannot be read. */
  readFile(path: string): string
  /** Calls back with the name of a signal that asks the process to end, until the returned function is called. */
  onStopSignal(callback: (signal: StopSignal) => void): () => void
  /** Ends the process at once. */
  exit(code: number): void
}

export type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** Exit codes of all commands. */
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
