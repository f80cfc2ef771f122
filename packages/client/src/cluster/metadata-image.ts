import { ZERO_UUID } from '@samsa/base'
import type { CompleteResponseOf, ErrorName, Metadata } from '@samsa/protocol'
import type { PartitionMetadata, TopicMetadata } from './topic-metadata.ts'

export type MetadataAnswer = CompleteResponseOf<typeof Metadata>
type TopicAnswer = MetadataAnswer['topics'][number]

/** What went wrong with single topics in the last answer about them. */
export type TopicErrors = ReadonlyMap<string, ErrorName>

/**
 * What is known of topics. An answer about some topics replaces what was known of these; a leader epoch never goes
 * back while the topic stays the same (KIP-320), so that an old answer cannot undo a newer one.
 */
export class MetadataImage {
  readonly #topics = new Map<string, TopicMetadata>()
  readonly #names = new Map<string, string>()
  readonly #errors = new Map<string, ErrorName>()
  /** What was known of topics that a broker did not know: it may be behind, and older answers must not pass for news. */
  readonly #missing = new Map<string, TopicMetadata>()

  topic(name: string): TopicMetadata | undefined {
    return this.#topics.get(name)
  }

  topicById(id: string): TopicMetadata | undefined {
    const name = this.#names.get(id)
    return name === undefined ? undefined : this.#topics.get(name)
  }

  names(): string[] {
    return [...this.#topics.keys()]
  }

  /** Why nothing is known of a topic that was asked about. */
  errorOf(name: string): ErrorName | undefined {
    return this.#errors.get(name)
  }

  /**
   * Takes in an answer.
   *
   * @param isComplete the answer is about all topics: those it does not name are gone
   * @returns whether anything changed
   */
  apply(answer: MetadataAnswer, isComplete: boolean): boolean {
    let isChanged = false
    const seen = new Set<string>()
    for (const topic of answer.topics) {
      // Asked for by an id that nobody knows, a topic has no name.
      if (topic.name === null) continue
      seen.add(topic.name)
      isChanged = this.#applyTopic(topic, topic.name) || isChanged
    }
    if (!isComplete) return isChanged
    for (const name of this.names()) {
      if (seen.has(name)) continue
      this.forget(name)
      isChanged = true
    }
    return isChanged
  }

  /** Drops a topic. */
  forget(name: string): void {
    this.#missing.delete(name)
    this.#errors.delete(name)
    this.#remove(name)
  }

  #remove(name: string): void {
    const topic = this.#topics.get(name)
    if (topic === undefined) return
    this.#topics.delete(name)
    if (this.#names.get(topic.id) === name) this.#names.delete(topic.id)
  }

  /** KIP-951: a newer leader, told by a broker that is no longer it. Returns whether it was news. */
  updateLeader(name: string, partition: number, nodeId: number, epoch: number): boolean {
    const topic = this.#topics.get(name)
    const known = topic?.partitions[partition]
    if (topic === undefined || known === undefined || epoch <= known.leaderEpoch) return false
    const partitions = topic.partitions.slice()
    partitions[partition] = { ...known, leaderId: nodeId, leaderEpoch: epoch, errorCode: 'NONE' }
    this.#topics.set(name, { ...topic, partitions })
    return true
  }

  #applyTopic(answer: TopicAnswer, name: string): boolean {
    if (answer.errorCode !== 'NONE') return this.#applyError(name, answer.errorCode)
    this.#errors.delete(name)
    const known = this.#topics.get(name)
    const before = known ?? this.#missing.get(name)
    this.#missing.delete(name)
    const isSame = before !== undefined && (before.id === answer.topicId || answer.topicId === ZERO_UUID)
    const topic: TopicMetadata = {
      name,
      id: answer.topicId,
      isInternal: answer.isInternal,
      partitions: partitionsOf(answer, isSame ? before : undefined),
    }
    if (known !== undefined && isEqual(known, topic)) return false
    if (known !== undefined && this.#names.get(known.id) === name) this.#names.delete(known.id)
    this.#topics.set(name, topic)
    if (topic.id !== ZERO_UUID) this.#names.set(topic.id, name)
    return true
  }

  /** What passes leaves the topic as it was known; what does not pass takes it away. */
  #applyError(name: string, error: ErrorName): boolean {
    const passes = error === 'LEADER_NOT_AVAILABLE' || error === 'UNKNOWN_SERVER_ERROR'
    const known = this.#topics.get(name)
    this.#errors.set(name, error)
    if (known === undefined || passes) return false
    this.#missing.set(name, known)
    this.#remove(name)
    return true
  }
}

function partitionsOf(answer: TopicAnswer, known: TopicMetadata | undefined): PartitionMetadata[] {
  const partitions: PartitionMetadata[] = []
  for (const one of answer.partitions) {
    const before = known?.partitions[one.partitionIndex]
    const isOlder = before !== undefined && one.leaderEpoch >= 0 && one.leaderEpoch < before.leaderEpoch
    partitions[one.partitionIndex] = isOlder
      ? before
      : {
          partition: one.partitionIndex,
          leaderId: one.leaderId,
          leaderEpoch: one.leaderEpoch,
          replicas: one.replicaNodes,
          isr: one.isrNodes,
          offlineReplicas: one.offlineReplicas,
          errorCode: one.errorCode,
        }
  }
  return partitions
}

function isEqual(a: TopicMetadata, b: TopicMetadata): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
