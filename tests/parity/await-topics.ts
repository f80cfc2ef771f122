import { setTimeout as sleep } from 'node:timers/promises'
import { ListOffsets, Metadata } from '@samsa/protocol'
import type { AnyAnswer, Pair } from './pair.ts'

/** Resolves once both brokers serve these topics: Kafka's learns what its controller stored a moment later. */
export async function awaitTopics(pair: Pair, ...names: string[]): Promise<void> {
  const topics = names.map(name => ({ name }))
  for (let tries = 0; tries < 100; tries++) {
    const answers = await pair.prepare(Metadata, { topics, allowAutoTopicCreation: false })
    const told = [answers.kafka, answers.samsa].flatMap(one => one.topics ?? [{ errorCode: 'no answer' }])
    if (told.every(isServed) && (await areServed(pair, told))) return
    await sleep(20)
  }
}

/** Whether both lead all partitions, which they may know of before. */
async function areServed(pair: Pair, told: AnyAnswer[]): Promise<boolean> {
  const topics = told.map(({ name, partitions }) => ({
    name,
    partitions: partitions.map(({ partitionIndex }: AnyAnswer) => ({ partitionIndex, timestamp: -1 })),
  }))
  const unique = [...new Map(topics.map(topic => [topic.name, topic])).values()]
  const answers = await pair.prepare(ListOffsets, { replicaId: -1, topics: unique })
  return [answers.kafka, answers.samsa].every(one =>
    one.topics?.every(({ partitions }: AnyAnswer) => partitions.every(isServed)),
  )
}

const isServed = ({ errorCode }: AnyAnswer) => errorCode === 'NONE'
