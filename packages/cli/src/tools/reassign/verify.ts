import type { Admin, PartitionReassignment } from '@samsa/client'
import type { Io } from '../../command/command.ts'
import { type Assignment, comparePartitions, compareReplicas, partitionName } from './assignment.ts'
import { isOver, logDirMovesOf, moveText } from './log-dir-moves.ts'
import { reassignmentOf } from './reassignment-file.ts'
import { clearThrottles } from './throttles.ts'

/** Prints how far a reassignment is; lifts the bounds on moves when nothing moves any more. */
export async function verify(admin: Admin, file: string, preservesThrottles: boolean, io: Io): Promise<void> {
  const { partitions, placed } = reassignmentOf(file)
  const underWay = await admin.listPartitionReassignments()
  io.print('Status of partition reassignment:\n')
  for (const line of await statesOf(admin, partitions, underWay)) io.print(`${line}\n`)
  const moves = await logDirMovesOf(admin, placed)
  const texts = [...moves].sort((a, b) => compareReplicas(a.replica, b.replica)).map(moveText)
  io.print(`${texts.join('\n')}\n`)
  if (underWay.length === 0 && moves.every(isOver) && !preservesThrottles)
    await clearThrottles(admin, partitions, io)
}

async function statesOf(
  admin: Admin,
  partitions: readonly Assignment[],
  underWay: readonly PartitionReassignment[],
): Promise<string[]> {
  const moving = new Set(underWay.map(partitionName))
  const settled = partitions.filter(one => !moving.has(partitionName(one)))
  const current = await replicasOf(admin, settled)
  const distinct = new Map(partitions.map(one => [partitionName(one), one]))
  return [...distinct.values()].sort(comparePartitions).map(one => {
    const name = partitionName(one)
    if (moving.has(name)) return `Reassignment of partition ${name} is still in progress.`
    const [is, wanted] = [(current.get(name) ?? []).join(','), one.replicas.join(',')]
    return is === wanted
      ? `Reassignment of partition ${name} is completed.`
      : `There is no active reassignment of partition ${name}, but replica set is ${is} rather than ${wanted}.`
  })
}

/** The replicas of partitions, of those that there are. */
async function replicasOf(
  admin: Admin,
  partitions: readonly Assignment[],
): Promise<ReadonlyMap<string, readonly number[]>> {
  const topics = [...new Set(partitions.map(({ topic }) => topic))]
  const found = new Map<string, readonly number[]>()
  if (topics.length === 0) return found
  for (const { item: topic, value, error } of await admin.describeTopics(topics).results()) {
    if (error !== undefined && error.code !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error
    for (const { partition, replicas } of value?.partitions ?? [])
      found.set(partitionName({ topic, partition }), replicas)
  }
  return found
}
