import { type Address, type Logger, NetworkError, type World } from '@samsa/base'
import type { Broker } from '@samsa/broker'
import { CreateTopics, type CreateTopicsResponse } from '@samsa/protocol'
import type { TopicToCreate } from '../settings/topics-to-create.ts'
import { requestOnce } from './request-once.ts'

/** The newest version before flexible encoding; all that is needed was in the first. */
const VERSION = 4

/** Makes the topics that are not there yet, as a client of the node that was just started, and says what became of each. */
export async function createTopics(
  broker: Pick<Broker, 'listeners'>,
  topics: readonly TopicToCreate[],
  world: Pick<World, 'network' | 'clock'>,
  logger: Logger,
): Promise<void> {
  const listener = broker.listeners.find(({ securityProtocol }) => securityProtocol === 'PLAINTEXT')
  if (listener === undefined) {
    logger.warn('KAFKA_CREATE_TOPICS is not used: it needs a PLAINTEXT listener.')
    return
  }
  try {
    for (const outcome of await outcomesOf(topics, reachable(listener.bound), world))
      tellOutcome(outcome, logger)
  } catch (error) {
    if (!(error instanceof NetworkError)) throw error
    logger.warn(`KAFKA_CREATE_TOPICS: it is not known which topics are made: ${error.message}.`)
  }
}

async function outcomesOf(
  topics: readonly TopicToCreate[],
  address: Address,
  world: Pick<World, 'network' | 'clock'>,
) {
  const request = { topics: topics.map(draftOf), timeoutMs: 60_000 }
  const response = await requestOnce(world, address, CreateTopics, VERSION, request)
  return response.topics
}

function draftOf({ name, partitions, replicas, configs }: TopicToCreate) {
  return {
    name,
    numPartitions: partitions,
    replicationFactor: replicas,
    assignments: [],
    configs: Object.entries(configs).map(([key, value]) => ({ name: key, value })),
  }
}

function tellOutcome(
  {
    name,
    errorCode,
    errorMessage,
  }: Pick<CreateTopicsResponse['topics'][number], 'name' | 'errorCode' | 'errorMessage'>,
  logger: Logger,
): void {
  if (errorCode === 'NONE') logger.info(`KAFKA_CREATE_TOPICS: the topic ${name} is made.`)
  else if (errorCode === 'TOPIC_ALREADY_EXISTS')
    logger.info(`KAFKA_CREATE_TOPICS: the topic ${name} is there already.`)
  else
    logger.warn(
      `KAFKA_CREATE_TOPICS: the topic ${name} is not made: ${errorMessage ?? errorCode} (${errorCode})`,
    )
}

/** Where a listener that is open on every interface is reached from this machine. */
function reachable({ host, port }: Address): Address {
  if (host === '' || host === '0.0.0.0') return { host: '127.0.0.1', port }
  return { host: host === '::' ? '::1' : host, port }
}
