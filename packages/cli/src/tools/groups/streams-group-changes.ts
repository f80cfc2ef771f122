import type { Admin, CallOptions, StreamsGroupDescription, TopicPartition } from '@samsa/client'
import type { Io } from '../../command/command.ts'
import { javaTextOf } from '../../command/java-name.ts'
import { ToolUsageError } from '../../command/kafka-tool.ts'
import { committedOffsets } from '../../groups/group-progress.ts'
import { partitionKey } from '../../groups/partitions.ts'
import { checkPartitions, partitionsMeant } from '../../groups/reset-scope.ts'
import { internalTopics, streamsOffsets } from '../../groups/streams-progress.ts'
import { columnsLine } from './columns.ts'
import {
  type GroupDeletion,
  deleteOffsets,
  deletionsOf,
  partDeletable,
  tellDeleted,
} from './group-deletion.ts'
import { resetGroup, tellActive } from './group-reset.ts'
import { type GroupReset, exportResets } from './reset-options.ts'
import type { StreamsGroupsGiven } from './streams-group-options.ts'

/** The ids of the groups that are meant. */
export async function streamsGroupIds(
  admin: Admin,
  given: StreamsGroupsGiven,
  call: CallOptions,
): Promise<string[]> {
  if (!given['all-groups']) return [...new Set(given.group)]
  const groups = await admin.listGroups({ ...call, types: ['streams'] })
  return groups.map(({ groupId }) => groupId).sort()
}

async function describeOne(
  admin: Admin,
  groupId: string,
  call: CallOptions,
): Promise<StreamsGroupDescription> {
  return (await admin.describeStreamsGroups([groupId], call)).get(groupId)
}

/** `--reset-offsets`: says where groups would go on, or lets them. */
export async function resetStreamsGroups(
  admin: Admin,
  given: StreamsGroupsGiven,
  call: CallOptions,
  io: Io,
): Promise<void> {
  const ids = await streamsGroupIds(admin, given, call)
  const groups = ids.length === 0 ? [] : await admin.describeStreamsGroups(ids, call).results()
  const resets: GroupReset[] = []
  for (const { item: groupId, value, error } of groups) {
    if (error !== undefined && error.code !== 'GROUP_ID_NOT_FOUND') throw error
    const state = value?.state ?? 'Dead'
    if (state === 'Empty' || state === 'Dead') {
      const partitions = await partitionsOf(admin, groupId, given, call, io)
      const committed = async () => streamsOffsets(admin, await describeOne(admin, groupId, call), call)
      const offsets = await resetGroup(admin, given, { groupId, partitions, committed }, call, io)
      resets.push({ groupId, offsets })
      if (given.execute && value !== undefined) await deleteInternalTopics(admin, value, given, call, io)
    } else {
      tellActive(groupId, state, io)
      resets.push({ groupId, offsets: [] })
    }
  }
  if (given.export) exportResets(resets, given.group.length === 1, io)
  else printResets(resets, io)
}

function printResets(resets: readonly GroupReset[], io: Io): void {
  const rows = resets.flatMap(({ groupId, offsets }) =>
    offsets.map(({ topic, partition, offset }) => [groupId, topic, partition, offset]),
  )
  const lines = resets.length === 0 ? [] : [['GROUP', 'TOPIC', 'PARTITION', 'NEW-OFFSET'], ...rows]
  io.print(`${lines.map(cells => `\n${columnsLine([30, 30, 10, 15], cells)}`).join('')}\n`)
}

async function partitionsOf(
  admin: Admin,
  groupId: string,
  given: StreamsGroupsGiven,
  call: CallOptions,
  io: Io,
): Promise<TopicPartition[]> {
  if (given['all-input-topics']) {
    const committed = await streamsOffsets(admin, await describeOne(admin, groupId, call), call)
    return [...committed.values()].map(({ topic, partition }) => ({ topic, partition }))
  }
  if (given['input-topic'].length === 0) {
    if (given['from-file'] !== undefined) return []
    throw new ToolUsageError('One of the reset scopes should be defined: --all-topics, --topic.')
  }
  const partitions = await partitionsMeant(admin, given['input-topic'], call)
  await checkPartitions(admin, partitions, call)
  const committed = await committedOffsets(admin, groupId, call)
  if (partitions.every(one => committed.has(partitionKey(one)))) return partitions
  io.print(`\nError: One or more topics are not part of the group '${groupId}'.\n`)
  return []
}

async function deleteInternalTopics(
  admin: Admin,
  group: StreamsGroupDescription,
  given: StreamsGroupsGiven,
  call: CallOptions,
  io: Io,
): Promise<void> {
  const topics = given['delete-all-internal-topics']
    ? internalTopicsOf(group, io)
    : given['delete-internal-topic']
  if (topics.length === 0) return
  const [failure] = (await admin.deleteTopics(topics, call).results()).failures()
  if (failure === undefined) return
  const why =
    failure.error.code === 'UNKNOWN_TOPIC_OR_PARTITION'
      ? 'failed because the topics do not exist.'
      : `failed due to ${javaTextOf(failure.error)}`
  io.print(`\nError: Deleting internal topics for group '${group.groupId}' ${why}\n`)
}

function internalTopicsOf(group: StreamsGroupDescription, io: Io): string[] {
  return internalTopics(group, topic =>
    io.print(
      `\nError: The internal topic '${topic}' is not inferred as internal and thus will not be deleted with the group '${group.groupId}'.\n`,
    ),
  )
}

/** `--delete-offsets`: what a group committed for input topics is deleted. */
export async function deleteStreamsOffsets(
  admin: Admin,
  given: StreamsGroupsGiven,
  call: CallOptions,
  io: Io,
): Promise<void> {
  const groupId = given.group[0]!
  let topics = given['input-topic']
  if (given['all-input-topics']) {
    const committed = await streamsOffsets(admin, await describeOne(admin, groupId, call), call)
    topics = [...committed.values()].map(({ topic, partition }) => `${topic}:${partition}`)
  }
  await deleteOffsets(admin, groupId, topics, call, io)
}

/** `--delete`: only streams groups that are empty are asked to be deleted; their internal topics too when told to. */
export async function deleteStreamsGroups(
  admin: Admin,
  given: StreamsGroupsGiven,
  call: CallOptions,
  io: Io,
): Promise<void> {
  const listed = await admin.listGroups({ ...call, types: ['streams'] })
  const ids = await streamsGroupIds(admin, given, call)
  const otherwise = 'does not exist or is not a streams group'
  const { deletable, refused } = partDeletable(ids, listed, 'Streams group', otherwise)
  const isThorough = given['delete-all-internal-topics'] && deletable.length > 0
  const described = isThorough ? await admin.describeStreamsGroups(deletable, call).values() : []
  const internals = new Map(described.map(group => [group.groupId, internalTopicsOf(group, io)]))
  const asked = await deletionsOf(admin, deletable, call)
  const deleted = asked.filter(({ why }) => why === undefined).map(({ groupId }) => groupId)
  const failures = await deleteTopicsOf(admin, deleted, internals, call, io)
  tellDeleted('streams', [...refused, ...asked], io)
  const withTopics = deleted.filter(id => (internals.get(id) ?? []).length > 0)
  if (withTopics.length === 0) return
  if (failures.length === 0) {
    const names = withTopics.map(id => `'${id}'`).join(', ')
    io.print(`Deletion of associated internal topics of the streams groups (${names}) was successful.\n`)
    return
  }
  io.print('Deletion of some associated internal topics failed:\n')
  for (const { groupId, why } of failures)
    io.print(`* Internal topics of the streams group '${groupId}' could not be deleted due to: ${why}\n`)
}

async function deleteTopicsOf(
  admin: Admin,
  groupIds: readonly string[],
  internals: ReadonlyMap<string, readonly string[]>,
  call: CallOptions,
  io: Io,
): Promise<GroupDeletion[]> {
  const failures: GroupDeletion[] = []
  for (const groupId of groupIds) {
    const topics = internals.get(groupId) ?? []
    if (topics.length === 0) continue
    const failed = (await admin.deleteTopics(topics, call).results()).failures()
    for (const { item } of failed) io.print(`Failed to delete internal topic: ${item}\n`)
    if (failed.length > 0) failures.push({ groupId, why: javaTextOf(failed[0]!.error) })
  }
  return failures
}
