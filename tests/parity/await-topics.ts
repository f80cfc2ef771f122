import { setTimeout as sleep } from 'node:timers/promises'
import { Metadata } from '@samsa/protocol'
import type { Pair } from './pair.ts'

/** Resolves once both brokers tell of these topics: Kafka's learns what its controller stored a moment later. */
export async function awaitTopics(pair: Pair, ...names: string[]): Promise<void> {
  const topics = names.map(name => ({ name }))
  for (let tries = 0; tries < 100; tries++) {
    const answers = await pair.prepare(Metadata, { topics, allowAutoTopicCreation: false })
    const told = [answers.kafka, answers.samsa].flatMap(one => one.topics ?? [{ errorCode: 'no answer' }])
    if (told.every(({ errorCode }) => errorCode === 'NONE')) return
    await sleep(20)
  }
}
