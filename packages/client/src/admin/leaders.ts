import { type CompleteResponseOf, Metadata } from '@samsa/protocol'
import { KafkaError } from '../errors.ts'
import { type AdminContext, learnNodes } from './context.ts'
import type { Settle } from './exchange.ts'
import type { Router } from './routing.ts'
import { type TopicPartition, groupBy } from './topic-partitions.ts'

/**
 * For how long a topic that no broker knows is asked for again: a topic that was just created may not have reached all
 * brokers. Java asks until the call times out.
 */
const patienceMs = 2000

type TopicMetadata = CompleteResponseOf<typeof Metadata>['topics'][number]

/** Each partition's leader answers for it; leaders are looked up anew in every round. */
export function toLeaders<Item extends TopicPartition>(context: AdminContext): Router<Item> {
  const startedMs = context.cluster.clock.monotonicMs()
  const isPatient = () => context.cluster.clock.monotonicMs() - startedMs < patienceMs
  return {
    async route(items, settle, deadline) {
      const topics = await describe(
        context,
        [...new Set(items.map(item => item.topic))],
        deadline.attemptMs(),
      )
      const routes = routesOf(items, topics, settle, isPatient())
      await learnNodes(
        context,
        routes.map(({ target }) => target),
      )
      return routes
    },
    retries: error => error.retriable,
  }
}

async function describe(
  { cluster }: AdminContext,
  topics: readonly string[],
  timeoutMs: number,
): Promise<Map<string | null, TopicMetadata>> {
  const request = { topics: topics.map(name => ({ name })), allowAutoTopicCreation: false }
  // Before version 4 asking for a topic creates it.
  const response = await cluster.send(Metadata, 'any', request, { timeoutMs, minVersion: 4 })
  return new Map(response.topics.map(topic => [topic.name, topic]))
}

function routesOf<Item extends TopicPartition>(
  items: readonly Item[],
  topics: Map<string | null, TopicMetadata>,
  settle: Settle<Item, never>,
  isPatient: boolean,
): { target: number; items: Item[] }[] {
  const leaders = new Map<Item, number>()
  for (const item of items) {
    const leader = leaderOf(item, topics.get(item.topic), isPatient)
    if (leader instanceof KafkaError) settle(item, leader)
    else leaders.set(item, leader)
  }
  const groups = groupBy(leaders.keys(), item => leaders.get(item)!)
  return [...groups].map(([target, group]) => ({ target, items: group }))
}

function leaderOf(
  { topic, partition }: TopicPartition,
  found: TopicMetadata | undefined,
  isPatient: boolean,
): number | KafkaError {
  const unknown = isPatient ? {} : { retry: 'no' as const }
  if (found === undefined || found.errorCode === 'UNKNOWN_TOPIC_OR_PARTITION')
    return new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', `There is no topic ${topic}.`, unknown)
  if (found.errorCode !== 'NONE') return new KafkaError(found.errorCode)
  const state = found.partitions.find(({ partitionIndex }) => partitionIndex === partition)
  if (state === undefined) {
    const message = `Topic ${topic} has ${found.partitions.length} partitions and no partition ${partition}.`
    return new KafkaError('UNKNOWN_TOPIC_OR_PARTITION', message, unknown)
  }
  if (state.leaderId < 0) return new KafkaError('LEADER_NOT_AVAILABLE')
  return state.leaderId
}
