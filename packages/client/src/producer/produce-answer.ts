import type { CompleteResponseOf, Produce } from '@samsa/protocol'

export type ProduceAnswer = CompleteResponseOf<typeof Produce>
export type PartitionAnswer = ProduceAnswer['responses'][number]['partitionResponses'][number]

/** What a broker said of one partition, and where it stands in the answer. */
export interface LocatedAnswer {
  readonly answer: PartitionAnswer
  readonly topicAt: number
  readonly partitionAt: number
}

/** `/responses/0/partitionResponses/3` */
export function pathOf({ topicAt, partitionAt }: LocatedAnswer): string {
  return `/responses/${topicAt}/partitionResponses/${partitionAt}`
}

/** Finds partitions in an answer. Topics are known there by name, or by id from v13 on. */
export class AnswerIndex {
  readonly #byTopic = new Map<string, Map<number, LocatedAnswer>>()

  constructor({ responses }: ProduceAnswer) {
    responses.forEach(({ name, topicId, partitionResponses }, topicAt) => {
      const topic = name === '' ? topicId : name
      const partitions = this.#byTopic.get(topic) ?? new Map<number, LocatedAnswer>()
      partitionResponses.forEach((answer, partitionAt) => {
        partitions.set(answer.index, { answer, topicAt, partitionAt })
      })
      this.#byTopic.set(topic, partitions)
    })
  }

  of(topic: string, topicId: string, partition: number): LocatedAnswer | undefined {
    return (this.#byTopic.get(topicId) ?? this.#byTopic.get(topic))?.get(partition)
  }
}
