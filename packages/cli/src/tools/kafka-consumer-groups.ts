import type { Admin, GroupType } from '@samsa/client'
import { type Io, exitCodes } from '../command/command.ts'
import { ToolUsageError, kafkaTool } from '../command/kafka-tool.ts'
import { openAdmin } from '../connect.ts'
import { consumerGroupStates, listConsumerGroups } from '../groups/group-lists.ts'
import { groupProgress } from '../groups/group-progress.ts'
import { connectionOf } from './connection-options.ts'
import { columnsLine, widthOf } from './groups/columns.ts'
import {
  type ActionName,
  type ConsumerGroupsGiven,
  callOf,
  checkedAction,
  consumerGroupOptions,
  groupIdsOf,
} from './groups/consumer-group-options.ts'
import { resetConsumerGroups } from './groups/consumer-group-reset.ts'
import { printMembers, printOffsets, printState } from './groups/consumer-group-tables.ts'
import { deleteGroups, deleteOffsets } from './groups/group-deletion.ts'
import { tellGroupFailures } from './groups/group-failure.ts'
import { itemsOf, statesOf } from './groups/group-listing.ts'
import { onlyValue } from './groups/only-value.ts'

/** `kafka-consumer-groups`: groups of consumers are listed, described, reset and deleted. */
export const kafkaConsumerGroups = kafkaTool({
  name: 'kafka-consumer-groups',
  about: 'List, describe, reset and delete groups of consumers.',
  style: 'plain',
  options: consumerGroupOptions,
  examples: [
    ['kafka-consumer-groups --list', 'All groups.'],
    ['kafka-consumer-groups --describe --group billing', 'Where a group is, and its lag.'],
    [
      'kafka-consumer-groups --reset-offsets --group billing --topic orders --to-earliest --execute',
      'From the beginning.',
    ],
  ],
  async run(given, io) {
    const action = checkedAction(given, io)
    if (action === 'validate-regex') {
      const { re2Problem } = await import('./groups/re2-syntax.ts')
      const regex = given['validate-regex']!
      const problem = re2Problem(regex)
      io.print(
        `The regular expression \`${regex}\` is ${problem === undefined ? 'valid' : `invalid: ${problem}`}.\n`,
      )
      return exitCodes.ok
    }
    return tellGroupFailures('consumer', io, async () => {
      await using admin = await openAdmin(connectionOf(given), io)
      await actions[action](admin, given, io)
    })
  },
})

const actions: Readonly<
  Record<
    Exclude<ActionName, 'validate-regex'>,
    (admin: Admin, given: ConsumerGroupsGiven, io: Io) => Promise<void>
  >
> = {
  list,
  describe,
  delete: async (admin, given, io) =>
    deleteGroups(admin, 'consumer', await groupIdsOf(admin, given), callOf(given), io),
  'reset-offsets': resetConsumerGroups,
  'delete-offsets': (admin, given, io) =>
    deleteOffsets(admin, onlyValue(given.group, 'group'), given.topic, callOf(given), io),
}

async function list(admin: Admin, given: ConsumerGroupsGiven, io: Io): Promise<void> {
  const { state, type } = given
  const groups = await listConsumerGroups(admin, {
    ...callOf(given),
    states: statesOf(state ?? '', consumerGroupStates),
    types: typesOf(type ?? ''),
  })
  if (state === undefined && type === undefined) {
    for (const { groupId } of groups) io.print(`${groupId}\n`)
    return
  }
  const columns = (id: string, ofType: string, ofState: string) => [
    id,
    ...(type === undefined ? [] : [ofType]),
    ...(state === undefined ? [] : [ofState]),
  ]
  const rows = groups.map(group =>
    columns(group.groupId, titled(group.type ?? 'unknown'), group.state ?? 'Unknown'),
  )
  const ids = groups.map(({ groupId }) => groupId)
  const widths = [widthOf(ids, 15) + 10, 20, 20]
  for (const cells of [columns('GROUP', 'TYPE', 'STATE'), ...rows])
    io.print(`${columnsLine(widths, cells)}\n`)
}

function titled(word: string): string {
  return `${word[0]!.toUpperCase()}${word.slice(1)}`
}

function typesOf(given: string): GroupType[] {
  return itemsOf(given).map(item => {
    const type = item.toLowerCase()
    if (type === 'classic' || type === 'consumer') return type
    throw new ToolUsageError(`Invalid types list '${given}'. Valid types are: Classic, Consumer`)
  })
}

async function describe(admin: Admin, given: ConsumerGroupsGiven, io: Io): Promise<void> {
  const ids = [...new Set(await groupIdsOf(admin, given))].sort()
  if (!given.members && given.state === undefined) {
    for (const one of await groupProgress(admin, ids, callOf(given))) printOffsets(one, given.verbose, io)
    return
  }
  if (ids.length === 0) return
  const print = given.members ? printMembers : printState
  for (const group of await admin.describeConsumerGroups(ids, callOf(given)).values())
    print(group, given.verbose, io)
}
