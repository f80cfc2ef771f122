import {
  type ErrorName,
  FindCoordinator,
  type FindCoordinatorRequest,
  type FindCoordinatorResponse,
  errors,
} from '@samsa/protocol'
import { type ReachableBroker, brokersFor } from '../brokers-for.ts'
import { OFFSETS_TOPIC } from '../groups/group-coordinator.ts'
import type { Handler, RequestContext } from '../handler.ts'

type Coordinator = NonNullable<FindCoordinatorResponse['coordinators']>[number]

/** From this version on, several keys can be asked for in one request (KIP-699). */
const KEYS_SINCE = 4

const GROUP = 0

/**
 * FindCoordinator v0–6. Which broker runs a group: the leader of its partition of `__consumer_offsets`, which is made
 * when it is first needed. Unlike with Apache Kafka the client need not ask again after that.
 */
export const findCoordinator: Handler<typeof FindCoordinator> = {
  api: FindCoordinator,
  async serve(request, context) {
    const keys = context.apiVersion >= KEYS_SINCE ? request.coordinatorKeys : [request.key]
    const unready = await problemOf(request, context)
    const brokers = brokersFor(context)
    const coordinators = await context.pace.map(keys, key => find(key, unready, brokers, context))
    if (context.apiVersion >= KEYS_SINCE) return { throttleTimeMs: 0, coordinators }
    return singleAnswer(coordinators[0]!)
  },
}

/** Before several keys fitted into a request, the one coordinator's fields stood in the answer itself. */
function singleAnswer({ key: _, ...coordinator }: Coordinator): FindCoordinatorResponse {
  const errorMessage = coordinator.errorCode === 'NONE' ? 'NONE' : coordinator.errorMessage
  return { throttleTimeMs: 0, ...coordinator, errorMessage }
}

async function problemOf(
  { keyType }: FindCoordinatorRequest,
  { groups }: RequestContext,
): Promise<ErrorName> {
  if (keyType !== GROUP) return 'INVALID_REQUEST'
  const error = await groups.ensureTopic()
  return error === 'NONE' ? 'NONE' : 'COORDINATOR_NOT_AVAILABLE'
}

function find(
  key: string,
  unready: ErrorName,
  brokers: readonly ReachableBroker[],
  context: RequestContext,
): Coordinator {
  if (unready !== 'NONE') return notFound(key, unready)
  const index = context.groups.partitionOf(key)
  const topic = context.metadata.image().topic(OFFSETS_TOPIC)
  const leader = index === undefined ? undefined : topic?.partitions[index]?.leader
  const broker = brokers.find(({ nodeId }) => nodeId === leader)
  if (broker === undefined) return notFound(key, 'COORDINATOR_NOT_AVAILABLE')
  const { nodeId, host, port } = broker
  return { key, nodeId, host, port, errorCode: 'NONE', errorMessage: '' }
}

function notFound(key: string, errorCode: ErrorName): Coordinator {
  const errorMessage =
    errorCode === 'INVALID_REQUEST'
      ? 'This broker coordinates groups only: key type 0.'
      : errors[errorCode].about
  return { key, nodeId: -1, host: '', port: -1, errorCode, errorMessage }
}
