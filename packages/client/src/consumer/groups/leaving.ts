import { type Cluster, backOffMs } from '../../cluster/index.ts'
import { type KafkaErrorName, asKafkaError } from '../../errors.ts'

/** Answers of a broker that is there, while the coordinator moves from one to another. */
const MOVING = new Set<KafkaErrorName>([
  'NOT_COORDINATOR',
  'COORDINATOR_NOT_AVAILABLE',
  'COORDINATOR_LOAD_IN_PROGRESS',
])

/**
 * Tells the coordinator that a member leaves, and goes after it while it moves, until the deadline. A courtesy: where it
 * cannot be done the others get the member's partitions when its session ends.
 *
 * @param send asks a node, and gives the error of its answer
 */
export async function tellOfLeaving(
  cluster: Cluster,
  groupId: string,
  deadlineMs: number,
  send: (node: number, timeoutMs: number) => Promise<KafkaErrorName | 'NONE'>,
): Promise<void> {
  const leftMs = () => deadlineMs - cluster.clock.monotonicMs()
  const { 'retry.backoff.ms': initialMs, 'retry.backoff.max.ms': maxMs } = cluster.config
  try {
    for (let attempt = 1; ; attempt++) {
      const node = await cluster.coordinatorOf('group', groupId)
      const code = await send(node, Math.max(1, leftMs()))
      const pauseMs = backOffMs({ initialMs, maxMs }, attempt, cluster.random)
      if (code === 'NONE' || !MOVING.has(code) || pauseMs >= leftMs()) return
      cluster.forgetCoordinator('group', groupId)
      await cluster.delay(pauseMs)
    }
  } catch (error) {
    cluster.logger.debug('the coordinator was not told that a member left', {
      error: asKafkaError(error).message,
    })
  }
}
