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

  constructor(answer: ProduceAnswer, nameOfId: (topicId: string) => string | undefined) {
    for (const [topicAt, topic] of answer.responses.entries()) {
      const name = topic.name === '' ? (nameOfId(topic.topicId) ?? '') : topic.name
      const partitions = this.#byTopic.get(name) ?? new Map<number, LocatedAnswer>()
      for (const [partitionAt, answer] of topic.partitionResponses.entries()) {
        partitions.set(answer.index, { answer, topicAt, partitionAt })
      }
      this.#byTopic.set(name, partitions)
    }
  }

  of(topic: string, partition: number): LocatedAnswer | undefined {
    return this.#byTopic.get(topic)?.get(partition)
  }
}
