import type { Admin, CallOptions, GroupState, GroupType } from '@samsa/client'
import type { Io } from '../../command/command.ts'
import { ToolUsageError } from '../../command/kafka-tool.ts'
import { columnsLine, widthOf } from './columns.ts'

/** `--list`: prints the ids of groups of one type; with --state their states too, or only groups in those it names. */
export async function printGroupList(
  admin: Admin,
  type: GroupType,
  { state, states }: { readonly state: string | undefined; readonly states: readonly GroupState[] },
  call: CallOptions,
  io: Io,
): Promise<void> {
  const groups = await admin.listGroups({ ...call, states: statesOf(state ?? '', states), types: [type] })
  groups.sort((a, b) => (a.groupId < b.groupId ? -1 : 1))
  if (state === undefined) {
    for (const { groupId } of groups) io.print(`${groupId}\n`)
    return
  }
  const rows = groups.map(group => [group.groupId, group.state ?? 'Unknown'])
  const ids = groups.map(({ groupId }) => groupId)
  for (const cells of [['GROUP', 'STATE'], ...rows]) io.print(`${columnsLine([widthOf(ids, 15)], cells)}\n`)
}

/**
 * The states that the value of --state names.
 *
 * @param known the states that the groups can be in
 * @throws ToolUsageError for others
 */
export function statesOf(given: string, known: readonly GroupState[]): GroupState[] {
  return itemsOf(given).map(item => {
    const state = known.find(one => one.toLowerCase() === item.toLowerCase())
    if (state !== undefined) return state
    throw new ToolUsageError(`Invalid state list '${given}'. Valid states are: ${known.join(', ')}`)
  })
}

/** What stands between the commas of an option's value. */
export function itemsOf(given: string): string[] {
  return given === '' ? [] : given.split(',').map(item => item.trim())
}
