import type { Clock, Logger } from '@samsa/base'
import type { LogCleaner } from '@samsa/log'
import { Slices } from '../time-slices.ts'
import type { LogDirectories } from './log-directories.ts'
import { Partition } from './partition.ts'
import { Turns } from './turns.ts'

/** Partitions removed at a time. They share a sync of their parent directory, and what follows it comes in one turn. */
const AT_ONCE = 16

/** Removes the data of deleted topics beside traffic, however many there are at a time. */
export class TopicRemoval {
  readonly #directories: LogDirectories
  readonly #cleaner: LogCleaner
  readonly #logger: Logger
  readonly #slices: Slices
  readonly #turns = new Turns(AT_ONCE)

  constructor(options: { clock: Clock; directories: LogDirectories; cleaner: LogCleaner; logger: Logger }) {
    this.#directories = options.directories
    this.#cleaner = options.cleaner
    this.#logger = options.logger
    this.#slices = new Slices(options.clock)
  }

  /**
   * Removes the directories of a topic that is no longer served. What cannot be removed is reported and left.
   *
   * @param partitions those whose logs are open, by index
   */
  async remove(topic: string, partitionCount: number, partitions: readonly unknown[]): Promise<void> {
    const removals = Array.from({ length: partitionCount }, (_, index) =>
      this.#turns.run(() => this.#slices.run(() => this.#removePartition(topic, index, partitions[index]))),
    )
    await Promise.all(removals)
  }

  async #removePartition(topic: string, index: number, partition: unknown): Promise<void> {
    try {
      if (partition instanceof Partition) await partition.log.remove()
      else await this.#directories.remove(topic, index)
      this.#cleaner.forget(this.#directories.forget(topic, index), topic, index)
    } catch (error) {
      this.#logger.error(`The data of the deleted partition ${topic}-${index} could not be removed.`, {
        error,
      })
    }
  }
}
