import { type ProducerIdBlock, decideAllocateProducerIds } from '@samsa/cluster'
import type { ImageFollower } from '@samsa/cluster'

/**
 * Gives out producer ids. A block of a thousand is taken from the store before the first id of it is used; what is
 * left of it when the broker stops is never used.
 */
export class ProducerIds {
  readonly #metadata: Pick<ImageFollower, 'submit'>
  readonly #nodeId: number
  #next = 0
  #end = 0
  #taking: Promise<ProducerIdBlock | undefined> | undefined

  constructor(metadata: Pick<ImageFollower, 'submit'>, nodeId: number) {
    this.#metadata = metadata
    this.#nodeId = nodeId
  }

  /** An id that nobody had before; undefined once all are used up. Rejects when the store fails. */
  async next(): Promise<number | undefined> {
    while (this.#next === this.#end) {
      if ((await this.#take()) === undefined) return undefined
    }
    return this.#next++
  }

  /** Callers that find the block used up together share the next one. */
  #take(): Promise<ProducerIdBlock | undefined> {
    this.#taking ??= this.#metadata
      .submit(image => decideAllocateProducerIds(image, this.#nodeId))
      .then(block => {
        if (block !== undefined) {
          this.#next = block.first
          this.#end = block.first + block.count
        }
        return block
      })
      .finally(() => {
        this.#taking = undefined
      })
    return this.#taking
  }
}
