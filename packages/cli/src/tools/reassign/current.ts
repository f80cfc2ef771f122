import type { Admin, KafkaError, TopicDescription } from '@samsa/client'
import { FailedError } from '../../command/command.ts'
import { javaTextOf } from '../../command/java-name.ts'
import { type Assignment, type PlacedReplica, partitionName } from './assignment.ts'

/** Where the replicas of topics are now. Throws `FailedError` for a topic that there is not. */
export async function assignmentsOfTopics(admin: Admin, topics: readonly string[]): Promise<Assignment[]> {
  const described: TopicDescription[] = []
  for (const { item, value, error } of await admin.describeTopics([...new Set(topics)]).results()) {
    if (error?.code === 'UNKNOWN_TOPIC_OR_PARTITION') throw notFound(`Topic ${item} not found.`)
    if (error !== undefined) throw error
    described.push(value!)
  }
  return described.flatMap(({ name, partitions }) =>
    partitions.map(({ partition, replicas }) => ({ topic: name, partition, replicas })),
  )
}

/** Where the replicas of partitions are now. Throws `FailedError` for one that there is not. */
export async function assignmentsOf(admin: Admin, wanted: readonly Assignment[]): Promise<Assignment[]> {
  const names = new Set(wanted.map(partitionName))
  const all = await assignmentsOfTopics(
    admin,
    wanted.map(({ topic }) => topic),
  )
  const found = all.filter(one => names.has(partitionName(one)))
  for (const one of found) names.delete(partitionName(one))
  if (names.size > 0) throw notFound(`Unable to find partition: ${[...names].join(', ')}`)
  return found
}

/** The log directories that the replicas of partitions are in now, of those that are in one. */
export async function placesOf(admin: Admin, assignments: readonly Assignment[]): Promise<PlacedReplica[]> {
  const replicas = assignments.flatMap(({ topic, partition, replicas }) =>
    replicas.map(broker => ({ topic, partition, broker })),
  )
  if (replicas.length === 0) return []
  return [...(await admin.describeReplicaLogDirs(replicas))].flatMap(({ item, value }) =>
    value?.current === undefined ? [] : [{ ...item, path: value.current.path }],
  )
}

function notFound(message: string): FailedError {
  const error: Pick<KafkaError, 'code' | 'message' | 'name'> = {
    name: 'KafkaError',
    code: 'UNKNOWN_TOPIC_OR_PARTITION',
    message,
  }
  return new FailedError(javaTextOf(error))
}
