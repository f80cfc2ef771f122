import type { Admin, CallOptions, TopicPartition } from '@samsa/client'
import type { Io } from '../../command/command.ts'
import { ToolUsageError } from '../../command/kafka-tool.ts'
import { committedOffsets } from '../../groups/group-progress.ts'
import { byPartition } from '../../groups/partitions.ts'
import { type PartitionOffset, planReset } from '../../groups/reset-plan.ts'
import { checkPartitions, partitionsMeant } from '../../groups/reset-scope.ts'
import { type ConsumerGroupsGiven, callOf, groupIdsOf } from './consumer-group-options.ts'
import {
  type GroupReset,
  exportResets,
  missingStrategy,
  printResets,
  strategyNames,
  strategyOf,
  tellNotices,
} from './reset-options.ts'

/** `--reset-offsets`: says where groups would go on, or lets them. */
export async function resetConsumerGroups(admin: Admin, given: ConsumerGroupsGiven, io: Io): Promise<void> {
  const ids = [...new Set(await groupIdsOf(admin, given))]
  const call = callOf(given)
  const groups = ids.length === 0 ? [] : await admin.describeConsumerGroups(ids, call).results()
  const streams = (await admin.listGroups({ ...call, protocolTypes: ['streams'] })).map(one => one.groupId)
  const resets: GroupReset[] = []
  for (const { item: groupId, value, error } of groups) {
    const offsets: PartitionOffset[] = []
    resets.push({ groupId, offsets })
    const state = value?.state ?? 'Dead'
    if (streams.includes(groupId)) {
      io.print(
        `\nError: Group '${groupId}' is a streams group. Use kafka-streams-groups.sh to reset its offsets.\n`,
      )
    } else if (error !== undefined && error.code !== 'GROUP_ID_NOT_FOUND') {
      throw error
    } else if (state === 'Empty' || state === 'Dead') {
      offsets.push(...(await resetGroup(admin, groupId, given, io)))
    } else {
      io.print(
        `\nError: Assignments can only be reset if the group '${groupId}' is inactive, but the current state is ${state}.\n`,
      )
    }
  }
  if (given.export) exportResets(resets, given.group.length === 1, io)
  else printResets(resets, io)
}

async function resetGroup(
  admin: Admin,
  groupId: string,
  given: ConsumerGroupsGiven,
  io: Io,
): Promise<readonly PartitionOffset[]> {
  const call = callOf(given)
  const partitions = await partitionsOf(admin, groupId, given, call)
  await checkPartitions(admin, partitions, call)
  const onlyGroup = given.group.length === 1 ? given.group[0] : undefined
  const strategy = strategyOf(given, groupId, onlyGroup, io)
  if (strategy === undefined) throw new ToolUsageError(missingStrategy(strategyNames))
  if (strategy === null) {
    io.print(`\nError: No reset plan for group ${groupId} found\n`)
    return []
  }
  const committed = () => committedOffsets(admin, groupId, call)
  const { offsets, notices } = await planReset(admin, partitions, strategy, committed, call)
  tellNotices(notices, io)
  const sorted = [...offsets].sort(byPartition)
  if (given.execute && sorted.length > 0) await admin.alterGroupOffsets(groupId, sorted, call)
  return sorted
}

async function partitionsOf(
  admin: Admin,
  groupId: string,
  given: ConsumerGroupsGiven,
  call: CallOptions,
): Promise<TopicPartition[]> {
  if (given['all-topics']) {
    const committed = await committedOffsets(admin, groupId, call)
    return [...committed.values()].map(({ topic, partition }) => ({ topic, partition }))
  }
  if (given.topic.length > 0) return partitionsMeant(admin, given.topic, call)
  if (given['from-file'] !== undefined) return []
  throw new ToolUsageError('One of the reset scopes should be defined: --all-topics, --topic.')
}
