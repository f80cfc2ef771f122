import type { Admin, CallOptions, TopicPartition } from '@samsa/client'
import type { Io } from '../../command/command.ts'
import { ToolUsageError } from '../../command/kafka-tool.ts'
import { byPartition } from '../../groups/partitions.ts'
import { type PartitionOffset, planReset } from '../../groups/reset-plan.ts'
import {
  type StrategyGiven,
  missingStrategy,
  strategyNames,
  strategyOf,
  tellNotices,
} from './reset-options.ts'

/** A group that commits offsets, and what of it is to go on elsewhere. */
export interface ResettableGroup {
  readonly groupId: string
  readonly partitions: readonly TopicPartition[]
  /** What it has committed, by `partitionKey`; asked for when the strategy needs it. */
  committed(): Promise<ReadonlyMap<string, { readonly offset: number }>>
}

/**
 * Plans where a group goes on, and lets it with --execute.
 *
 * @returns the new offsets, by partition; none when --from-file has nothing for the group
 * @throws ToolUsageError when no option says where to
 */
export async function resetGroup(
  admin: Admin,
  given: StrategyGiven & { readonly group: readonly string[]; readonly execute: boolean },
  { groupId, partitions, committed }: ResettableGroup,
  call: CallOptions,
  io: Io,
): Promise<readonly PartitionOffset[]> {
  const onlyGroup = given.group.length === 1 ? given.group[0] : undefined
  const strategy = strategyOf(given, groupId, onlyGroup, io)
  if (strategy === undefined) throw new ToolUsageError(missingStrategy(strategyNames))
  if (strategy === null) {
    io.print(`\nError: No reset plan for group ${groupId} found\n`)
    return []
  }
  const { offsets, notices } = await planReset(admin, partitions, strategy, committed, call)
  tellNotices(notices, io)
  const sorted = [...offsets].sort(byPartition)
  if (given.execute && sorted.length > 0) await admin.alterGroupOffsets(groupId, sorted, call)
  return sorted
}

/** Says that a group with members is not reset. */
export function tellActive(groupId: string, state: string, io: Io): void {
  io.print(
    `\nError: Assignments can only be reset if the group '${groupId}' is inactive, but the current state is ${state}.\n`,
  )
}
