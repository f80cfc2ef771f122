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

/** A directory that has a partition's name and belongs to another topic: what is there is left as it is. */
export class ForeignLogError extends Error {
  override readonly name = 'ForeignLogError'
  readonly directory: string
  constructor(directory: string, partition: string, wantedId: string, foundId: string) {
    super(
      `the directory ${directory} belongs to a topic with the id ${foundId}, and the partition ${partition} to the topic ${wantedId}: it is left over from a topic of the same name, or was copied here. Move it out of the data directory`,
    )
    this.directory = directory
  }
}

/** A full disk, or no file handle left, harms nothing that is there: afterwards the log goes on. */
export const isPassing = (error: unknown): boolean =>
  error instanceof DiskError && (error.code === 'NO_SPACE' || error.code === 'TOO_MANY_OPEN_FILES')
