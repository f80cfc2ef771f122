import type { Admin, CallOptions, GroupState } from '@samsa/client'
import type { Io } from '../command/command.ts'
import { kafkaTool } from '../command/kafka-tool.ts'
import { openAdmin } from '../connect.ts'
import { connectionOf } from './connection-options.ts'
import { tellGroupFailures } from './groups/group-failure.ts'
import { printGroupList } from './groups/group-listing.ts'
import { deleteShareGroups, deleteShareOffsets, resetShareGroup } from './groups/share-group-changes.ts'
import {
  type ShareActionName,
  type ShareGroupsGiven,
  checkedShareAction,
  shareGroupOptions,
} from './groups/share-group-options.ts'
import { printShareMembers, printShareOffsets, printShareState } from './groups/share-group-tables.ts'

/** `kafka-share-groups`: share groups (KIP-932) are listed, described, reset and deleted. */
export const kafkaShareGroups = kafkaTool({
  name: 'kafka-share-groups',
  about: 'List, describe, reset and delete share groups.',
  style: 'plain',
  options: shareGroupOptions,
  examples: [
    ['kafka-share-groups --list', 'All share groups.'],
    ['kafka-share-groups --describe --group workers', 'Where a share group is.'],
  ],
  async run(given, io) {
    const action = checkedShareAction(given)
    return tellGroupFailures('share', io, async () => {
      await using admin = await openAdmin(connectionOf(given), io)
      await actions[action](admin, given, { timeoutMs: given.timeout }, io)
    })
  },
})

const actions: Readonly<
  Record<ShareActionName, (admin: Admin, given: ShareGroupsGiven, call: CallOptions, io: Io) => Promise<void>>
> = {
  list,
  describe,
  delete: deleteShareGroups,
  'reset-offsets': resetShareGroup,
  'delete-offsets': deleteShareOffsets,
}

const shareStates: readonly GroupState[] = ['Empty', 'Stable', 'Dead']

async function list(admin: Admin, { state }: ShareGroupsGiven, call: CallOptions, io: Io): Promise<void> {
  await printGroupList(admin, 'share', { state, states: shareStates }, call, io)
}

async function describe(admin: Admin, given: ShareGroupsGiven, call: CallOptions, io: Io): Promise<void> {
  const ids = await groupIdsOf(admin, given, call)
  if (ids.length === 0) return
  const groups = await admin.describeShareGroups(ids, call).values()
  for (const group of groups) {
    if (given.members) printShareMembers(group, given.verbose, io)
    else if (given.state !== undefined) printShareState(group, given.verbose, io)
    else {
      const { groupId } = group
      const offsets = (await admin.listShareGroupOffsets([{ groupId }], call)).get(groupId)
      printShareOffsets(groupId, offsets, given.verbose, io)
    }
  }
}

async function groupIdsOf(admin: Admin, given: ShareGroupsGiven, call: CallOptions): Promise<string[]> {
  const ids = given['all-groups']
    ? (await admin.listGroups({ ...call, types: ['share'] })).map(({ groupId }) => groupId)
    : given.group
  return [...new Set(ids)].sort()
}
