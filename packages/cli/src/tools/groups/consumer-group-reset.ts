import type { Admin, CallOptions, TopicPartition } from '@samsa/client'
import type { Io } from '../../command/command.ts'
import { ToolUsageError } from '../../command/kafka-tool.ts'
import { committedOffsets } from '../../groups/group-progress.ts'
import type { PartitionOffset } from '../../groups/reset-plan.ts'
import { checkPartitions, partitionsMeant } from '../../groups/reset-scope.ts'
import { type ConsumerGroupsGiven, callOf, groupIdsOf } from './consumer-group-options.ts'
import { resetGroup, tellActive } from './group-reset.ts'
import { type GroupReset, exportResets, printResets } from './reset-options.ts'

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
      const partitions = await partitionsOf(admin, groupId, given, call)
      await checkPartitions(admin, partitions, call)
      const committed = () => committedOffsets(admin, groupId, call)
      offsets.push(...(await resetGroup(admin, given, { groupId, partitions, committed }, call, io)))
    } else {
      tellActive(groupId, state, io)
    }
  }
  if (given.export) exportResets(resets, given.group.length === 1, io)
  else printResets(resets, io)
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
