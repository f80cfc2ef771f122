import type { CompleteResponseOf, Produce } from '@samsa/protocol'

export type ProduceAnswer = CompleteResponseOf<typeof Produce>
export type PartitionAnswer = ProduceAnswer['responses'][number]['partitionResponses'][number]

/** What a broker said of one partition, and where it stands in the answer. */
export interface LocatedAnswer {
  readonly answer: PartitionAnswer
  readonly path: string
}

/** Finds partitions in an answer. Topics are known there by name, or by id from v13 on. */
export class AnswerIndex {
  readonly #byTopic = new Map<string, Map<number, LocatedAnswer>>()

  constructor(answer: ProduceAnswer, nameOfId: (topicId: string) => string | undefined) {
    for (const [topicAt, topic] of answer.responses.entries()) {
      const name = topic.name === '' ? (nameOfId(topic.topicId) ?? '') : topic.name
      const partitions = this.#byTopic.get(name) ?? new Map<number, LocatedAnswer>()
      for (const [at, partition] of topic.partitionResponses.entries()) {
        const path = `/responses/${topicAt}/partitionResponses/${at}`
        partitions.set(partition.index, { answer: partition, path })
      }
      this.#byTopic.set(name, partitions)
    }
  }

  of(topic: string, partition: number): LocatedAnswer | undefined {
    return this.#byTopic.get(topic)?.get(partition)
  }
}
