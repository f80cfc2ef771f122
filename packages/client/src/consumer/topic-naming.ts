import { ZERO_UUID } from '@samsa/base'
import type { Cluster } from '../cluster/index.ts'

/** From this version on OffsetCommit and OffsetFetch name topics by ids only (KIP-848's follow-up in Kafka 4.1). */
const FIRST_BY_ID = 10

/** How a request about offsets, and its answer, name topics: by ids too where all are known, else by names alone. */
export class TopicNaming {
  readonly #ids: ReadonlyMap<string, string>
  readonly #areAllKnown: boolean

  constructor({ metadata }: Cluster, topics: Iterable<string>) {
    this.#ids = new Map([...topics].map(name => [name, metadata.topic(name)?.id ?? ZERO_UUID]))
    this.#areAllKnown = ![...this.#ids.values()].includes(ZERO_UUID)
  }

  /** Which versions can be asked in; an option of `Cluster.send`. */
  get versions(): { maxVersion?: number } {
    return this.#areAllKnown ? {} : { maxVersion: FIRST_BY_ID - 1 }
  }

  /** A topic in a request: the version takes what it knows of these. */
  inRequest(name: string): { name: string; topicId: string } {
    return { name, topicId: this.#ids.get(name) ?? ZERO_UUID }
  }

  /** The name of a topic in an answer, which may have its id only. */
  inAnswer({ name, topicId = ZERO_UUID }: { name: string; topicId?: string }): string {
    if (topicId === ZERO_UUID) return name
    return [...this.#ids].find(([, id]) => id === topicId)?.[0] ?? name
  }
}
