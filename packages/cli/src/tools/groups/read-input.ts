import { resolve } from 'node:path'
import { FailedError, type Io } from '../../command/command.ts'

/** Text of a file that a command line names. Throws `FailedError` when it cannot be read. */
export function readInput(path: string, io: Io): string {
  try {
    return io.readFile(resolve(io.directory, path))
  } catch (error) {
    throw new FailedError(`The file ${path} cannot be read: ${(error as Error).message}.`)
  }
}
