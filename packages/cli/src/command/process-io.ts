import { readFileSync } from 'node:fs'
import type { Io, StopSignal } from './command.ts'
import { exitCodes } from './command.ts'
import { patientLogger } from './patient-logger.ts'

const stopSignals: readonly StopSignal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

/** The real process. */
export function processIo(version: string): Io {
  return {
    environment: process.env,
    directory: process.cwd(),
    version,
    isTerminal: process.stdout.isTTY === true,
    isInputTerminal: process.stdin.isTTY === true,
    outside: { logger: patientLogger(text => void process.stderr.write(text)) },
    uptimeMs: () => process.uptime() * 1000,
    print: text => void process.stdout.write(text),
    write: writeOutput,
    printError: text => void process.stderr.write(text),
    get input() {
      return process.stdin
    },
    readFile: path => readFileSync(path, 'utf8'),
    onStopSignal(callback) {
      for (const signal of stopSignals) process.on(signal, callback)
      return () => {
        for (const signal of stopSignals) process.off(signal, callback)
      }
    },
    exit: code => process.exit(code),
  }
}

/** Waits for each chunk to be taken: only that tells that a reader went away, after which the stream seems as good as new. */
function writeOutput(chunk: string | Uint8Array): Promise<boolean> {
  const output = process.stdout
  if (!output.writable) return Promise.resolve(false)
  return new Promise(resolve => output.write(chunk, error => resolve(error === undefined || error === null)))
}

/**
 * An error that nobody caught leaves the process in a state nobody knows: it ends at once, with what a report needs. The
 * data is as after a power cut, which the next start recovers from. Only a reader who went away (`samsa … | head`) is
 * no reason to end.
 */
export function endOnUncaughtErrors(io: Io): void {
  process.stdout.on('error', ignoreClosedPipe)
  process.stderr.on('error', ignoreClosedPipe)
  process.on('uncaughtException', error => {
    io.printError(bugReport(error))
    io.exit(exitCodes.bug)
  })
}

function ignoreClosedPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}

/** What is printed for a failure nobody foresaw. */
export function bugReport(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? String(error)) : String(error)
  return `samsa: this should not have happened, and is a bug in Samsa. Please report it with these lines:\n${stack}\n`
}
