import type { GroupListing, GroupType } from '@samsa/client'
import { exitCodes } from '../command/command.ts'
import { ToolUsageError, kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, text } from '../command/options.ts'
import { openAdmin } from '../connect.ts'
import { connectionOf, connectionOptions } from './connection-options.ts'
import { widthOf } from './groups/columns.ts'
import { forbidTogether } from './option-rules.ts'

const options = {
  ...connectionOptions,
  list: flag({ about: 'List groups of all types.' }),
  'group-type': text({
    argument: 'type',
    about: 'Only groups of a type: classic, consumer, share or streams.',
  }),
  protocol: text({ argument: 'protocol', about: 'Only groups of a protocol: consumer, connect, share, …' }),
  consumer: flag({ about: 'Only groups of consumers, whichever protocol they use.' }),
  share: flag({ about: 'Only share groups.' }),
  streams: flag({ about: 'Only streams groups.' }),
}

type Options = OptionsOf<typeof options>

/** `kafka-groups`: groups of every type are listed. */
export const kafkaGroups = kafkaTool({
  name: 'kafka-groups',
  about: 'List groups of all types.',
  style: 'plain',
  options,
  failurePrefix: 'Error while executing groups command : ',
  failureGoesTo: 'output',
  examples: [
    ['kafka-groups --list', 'All groups.'],
    ['kafka-groups --list --consumer', 'Groups of consumers.'],
  ],
  async run(given, io) {
    const isMeant = filterOf(given)
    await using admin = await openAdmin(connectionOf(given), io)
    const groups = (await admin.listGroups()).filter(isMeant)
    const rows = groups
      .map(({ groupId, type, protocolType }) => [groupId, typeNames[type ?? 'unknown'], protocolType])
      .sort(([a], [b]) => (a! < b! ? -1 : 1))
    const width = widthOf(rows.flat(), 20)
    const padded = (cells: readonly string[]) => cells.map(cell => cell.padEnd(width)).join(' ')
    io.print(`${padded(['GROUP', 'TYPE', 'PROTOCOL'])}\n`)
    for (const row of rows) io.print(`${padded(row)} \n`)
    return exitCodes.ok
  },
})

const typeNames = {
  classic: 'Classic',
  consumer: 'Consumer',
  share: 'Share',
  streams: 'Streams',
  unknown: '',
}

function filterOf(given: Options): (group: GroupListing) => boolean {
  if (!given.list) throw new ToolUsageError('Command must include exactly one action: --list.')
  const type = groupTypeOf(given['group-type'])
  forbidTogether(given, 'consumer', ['group-type', 'protocol', 'share', 'streams'])
  forbidTogether(given, 'share', ['consumer', 'group-type', 'protocol', 'streams'])
  forbidTogether(given, 'streams', ['consumer', 'group-type', 'protocol', 'share'])
  const { protocol } = given
  return group => {
    if (type !== undefined && group.type !== type) return false
    if (protocol !== undefined && group.protocolType !== protocol) return false
    if (given.consumer) return ['consumer', ''].includes(group.protocolType) || group.type === 'consumer'
    if (given.share) return group.type === 'share'
    return !given.streams || group.type === 'streams'
  }
}

function groupTypeOf(given: string | undefined): GroupType | undefined {
  const type = given?.toLowerCase()
  if (type === undefined) return undefined
  if (type === 'classic' || type === 'consumer' || type === 'share' || type === 'streams') return type
  throw new ToolUsageError('--group-type must be a valid group type.')
}
