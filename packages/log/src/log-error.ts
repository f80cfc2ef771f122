import { DiskError } from '@samsa/base'

/** Why a log does not go on: its disk failed, so what it holds in memory and on disk may differ. */
export class LogFailedError extends Error {
  override readonly name = 'LogFailedError'
  readonly directory: string
  constructor(directory: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    super(`the log in ${directory} stopped, because its disk failed: ${reason}`, { cause })
    this.directory = directory
  }
}

/** A full disk, or no file handle left, harms nothing that is there: afterwards the log goes on. */
export const isPassing = (error: unknown): boolean =>
  error instanceof DiskError && (error.code === 'NO_SPACE' || error.code === 'TOO_MANY_OPEN_FILES')
