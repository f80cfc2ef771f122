import { command, exitCodes } from '../../command/command.ts'
import { flag } from '../../command/options.ts'
import { openAdmin } from '../../connect.ts'
import { jsonLine } from '../../format/json-line.ts'
import { paintFor } from '../../format/paint.ts'
import { countText } from '../../format/size.ts'
import { type Column, table } from '../../format/table.ts'
import { paintLag, paintState } from '../../groups/group-paint.ts'
import type { GroupSummary } from '../../groups/group-summaries.ts'
import { accessOptions } from '../../records/access-options.ts'
import { connectionOf } from '../../tools/connection-options.ts'

/** `samsa groups list`: all groups, with how far behind they are. */
export const groupsList = command({
  name: 'groups list',
  about: 'List groups of all types with their state, members and lag.',
  words: [{ name: 'pattern', about: 'A regular expression for the whole name. Without: all groups.' }],
  options: {
    ...accessOptions,
    json: flag({ about: 'One JSON object a line for each group.' }),
  },
  examples: [
    ['samsa groups list', 'All groups.'],
    ["samsa groups list 'billing-.*' --json", 'Some of them, for a script.'],
  ],
  async run(given, io, [pattern]) {
    const { groupSummaries } = await import('../../groups/group-summaries.ts')
    const { matcherOf } = await import('../../tools/topic-pattern.ts')
    await using admin = await openAdmin(connectionOf(given), io)
    const groups = await groupSummaries(admin, pattern === undefined ? () => true : matcherOf(pattern))
    if (given.json) for (const group of groups) io.print(jsonLine(group))
    else io.print(table(columns, groups, paintFor(io)))
    return exitCodes.ok
  },
})

const orUnknown = (count: number | undefined) => (count === undefined ? '?' : countText(count))

const columns: readonly Column<GroupSummary>[] = [
  { heading: 'GROUP', text: ({ group }) => group },
  { heading: 'TYPE', text: ({ type }) => type ?? '?' },
  { heading: 'PROTOCOL', text: ({ protocol }) => protocol || '-' },
  {
    heading: 'STATE',
    text: ({ state }) => state ?? '?',
    paint: ({ state }, text, paint) => paintState(state, text, paint),
  },
  { heading: 'MEMBERS', isNumber: true, text: ({ members }) => orUnknown(members) },
  { heading: 'PARTITIONS', isNumber: true, text: ({ partitions }) => orUnknown(partitions) },
  {
    heading: 'LAG',
    isNumber: true,
    text: ({ lag }) => orUnknown(lag),
    paint: ({ lag }, text, paint) => paintLag(lag, text, paint),
  },
]
