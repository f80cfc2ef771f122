import type { Admin, CallOptions, TopicPartition } from '@samsa/client'
import { FailedError, type Io } from '../../command/command.ts'
import { javaTextOf, messageOf } from '../../command/java-name.ts'
import { ToolUsageError } from '../../command/kafka-tool.ts'
import { byPartition } from '../../groups/partitions.ts'
import { type PartitionOffset, planReset } from '../../groups/reset-plan.ts'
import { checkPartitions, partitionsMeant } from '../../groups/reset-scope.ts'
import { columnsLine, widthOf } from './columns.ts'
import { deletionsOf, partDeletable, tellDeleted } from './group-deletion.ts'
import { onlyValue } from './only-value.ts'
import { missingStrategy, printResets, strategyOf, tellNotices } from './reset-options.ts'
import { type ShareGroupsGiven, shareStrategyNames } from './share-group-options.ts'

/** `--delete`: only share groups that are empty are asked to be deleted. */
export async function deleteShareGroups(
  admin: Admin,
  given: ShareGroupsGiven,
  call: CallOptions,
  io: Io,
): Promise<void> {
  const listed = await admin.listGroups({ ...call, types: ['share'] })
  const ids = new Set(given['all-groups'] ? listed.map(({ groupId }) => groupId) : given.group)
  const { deletable, refused } = partDeletable([...ids], listed, 'Share group', 'is not a share group')
  tellDeleted('share', [...refused, ...(await deletionsOf(admin, deletable, call))], io)
}

/** `--delete-offsets`: the group forgets topics. */
export async function deleteShareOffsets(
  admin: Admin,
  given: ShareGroupsGiven,
  call: CallOptions,
  io: Io,
): Promise<void> {
  const topics = [...new Set(given.topic)].sort()
  const results = await admin.deleteShareGroupOffsets(onlyValue(given.group, 'group'), topics, call).results()
  const error = results.failures()[0]?.error
  switch (error?.code) {
    case undefined:
    case 'TOPIC_AUTHORIZATION_FAILED':
    case 'UNKNOWN_TOPIC_OR_PARTITION':
      break
    case 'INVALID_GROUP_ID':
    case 'GROUP_ID_NOT_FOUND':
    case 'GROUP_AUTHORIZATION_FAILED':
    case 'NON_EMPTY_GROUP':
      io.print(`\nError: ${messageOf(error!)}\n`)
      break
    default:
      io.print(`\nError: Encounter some unknown error: ${javaTextOf(error!)}\n`)
  }
  const rows = [...results].map(({ item, error }) => [
    item,
    error === undefined ? 'Successful' : `Error: ${messageOf(error)}`,
  ])
  const lines = [['TOPIC', 'STATUS'], ...rows].map(cells => `\n${columnsLine([widthOf(topics, 15)], cells)}`)
  io.print(`${lines.join('')}\n`)
}

/** `--reset-offsets`: says where the group would go on, or lets it. */
export async function resetShareGroup(
  admin: Admin,
  given: ShareGroupsGiven,
  call: CallOptions,
  io: Io,
): Promise<void> {
  const groupId = onlyValue(given.group, 'group')
  const groups = await admin.describeShareGroups([groupId], call).results()
  const error = groups.errorOf(groupId)
  if (error?.code !== 'GROUP_ID_NOT_FOUND') {
    const { state } = groups.get(groupId)
    if (state !== 'Empty' && state !== 'Dead')
      throw new ToolUsageError(`Share group '${groupId}' is not empty.`)
  }
  const offsets = await newOffsets(admin, groupId, given, call, io)
  if (given.execute && offsets.length > 0) await admin.alterShareGroupOffsets(groupId, offsets, call)
  printResets(offsets.length === 0 ? [] : [{ groupId, offsets }], io)
}

async function newOffsets(
  admin: Admin,
  groupId: string,
  given: ShareGroupsGiven,
  call: CallOptions,
  io: Io,
): Promise<PartitionOffset[]> {
  const partitions = await partitionsOf(admin, groupId, given, call)
  await checkPartitions(admin, partitions, call)
  const strategy = strategyOf(given, groupId, groupId, io)
  if (strategy === undefined || strategy === null)
    throw new ToolUsageError(missingStrategy(shareStrategyNames))
  const committed = () => Promise.reject(new FailedError('Share groups commit no offsets.'))
  const { offsets, notices } = await planReset(admin, partitions, strategy, committed, call)
  tellNotices(notices, io)
  return [...offsets].sort(byPartition)
}

async function partitionsOf(
  admin: Admin,
  groupId: string,
  given: ShareGroupsGiven,
  call: CallOptions,
): Promise<TopicPartition[]> {
  if (given.topic.length > 0) return partitionsMeant(admin, given.topic, call)
  const offsets = (await admin.listShareGroupOffsets([{ groupId }], call)).get(groupId)
  return [...offsets].map(({ item }) => item)
}
