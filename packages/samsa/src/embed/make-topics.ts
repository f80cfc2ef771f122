import type { Address, World } from '@samsa/base'
import { KafkaError } from '@samsa/client'
import { CreateTopics } from '@samsa/protocol'
import { requestOnce } from '../start/request-once.ts'
import type { TopicToStart } from './options.ts'

/** The newest version before flexible encoding: it knows the broker's defaults (-1). */
const VERSION = 4
const TIMEOUT_MS = 30_000

/** Makes topics, all of them or none of those that are wrong. Rejects with `KafkaError` for the first that was not made. */
export async function makeTopics(
  world: Pick<World, 'network' | 'clock'>,
  address: Address,
  topics: readonly (string | TopicToStart)[],
): Promise<void> {
  if (topics.length === 0) return
  const request = { topics: topics.map(draftOf), timeoutMs: TIMEOUT_MS }
  const answer = await requestOnce(world, address, CreateTopics, VERSION, request)
  for (const { name, errorCode, errorMessage } of answer.topics) {
    if (errorCode === 'NONE' || errorCode === 'TOPIC_ALREADY_EXISTS') continue
    throw new KafkaError(errorCode, `topics: ${name}: ${errorMessage ?? errorCode}`)
  }
}

function draftOf(topic: string | TopicToStart) {
  const {
    name,
    partitions = -1,
    configs = {},
  }: TopicToStart = typeof topic === 'string' ? { name: topic } : topic
  return {
    name,
    numPartitions: partitions,
    replicationFactor: -1,
    assignments: [],
    configs: Object.entries(configs).map(([key, value]) => ({ name: key, value: String(value) })),
  }
}
