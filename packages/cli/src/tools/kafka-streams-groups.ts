import type { Admin, CallOptions, GroupState } from '@samsa/client'
import { type Io, exitCodes } from '../command/command.ts'
import { kafkaTool } from '../command/kafka-tool.ts'
import { openAdmin } from '../connect.ts'
import { streamsProgress } from '../groups/streams-progress.ts'
import { connectionOf } from './connection-options.ts'
import { tellGroupFailures } from './groups/group-failure.ts'
import { printGroupList } from './groups/group-listing.ts'
import {
  deleteStreamsGroups,
  deleteStreamsOffsets,
  resetStreamsGroups,
  streamsGroupIds,
} from './groups/streams-group-changes.ts'
import {
  type StreamsActionName,
  type StreamsGroupsGiven,
  checkedStreamsAction,
  streamsGroupOptions,
} from './groups/streams-group-options.ts'
import { printStreamsMembers, printStreamsOffsets, printStreamsState } from './groups/streams-group-tables.ts'

/** `kafka-streams-groups`: streams groups (KIP-1071) are listed, described, reset and deleted. */
export const kafkaStreamsGroups = kafkaTool({
  name: 'kafka-streams-groups',
  about: 'List, describe, reset and delete streams groups.',
  style: 'plain',
  options: streamsGroupOptions,
  examples: [
    ['kafka-streams-groups --list', 'All streams groups.'],
    ['kafka-streams-groups --describe --group word-count', 'How far a streams group is.'],
  ],
  async run(given, io) {
    const action = checkedStreamsAction(given)
    const work = async () => {
      await using admin = await openAdmin(connectionOf(given), io)
      await actions[action](admin, given, { timeoutMs: given.timeout }, io)
    }
    return tellGroupFailures('streams', io, work, exitCodes.failed)
  },
})

const actions: Readonly<
  Record<
    StreamsActionName,
    (admin: Admin, given: StreamsGroupsGiven, call: CallOptions, io: Io) => Promise<void>
  >
> = {
  list,
  describe,
  delete: deleteStreamsGroups,
  'reset-offsets': resetStreamsGroups,
  'delete-offsets': deleteStreamsOffsets,
}

const streamsStates: readonly GroupState[] = [
  'Empty',
  'NotReady',
  'Stable',
  'Assigning',
  'Reconciling',
  'Dead',
]

async function list(admin: Admin, { state }: StreamsGroupsGiven, call: CallOptions, io: Io): Promise<void> {
  await printGroupList(admin, 'streams', { state, states: streamsStates }, call, io)
}

async function describe(admin: Admin, given: StreamsGroupsGiven, call: CallOptions, io: Io): Promise<void> {
  for (const groupId of await streamsGroupIds(admin, given, call)) {
    const group = (await admin.describeStreamsGroups([groupId], call)).get(groupId)
    if (given.members) printStreamsMembers(group, given.verbose, io)
    else if (given.state !== undefined) printStreamsState(group, given.verbose, io)
    else printStreamsOffsets(group, await streamsProgress(admin, group, call), given.verbose, io)
  }
}
