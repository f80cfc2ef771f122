import type { OffsetSpec, TopicPartition } from '@samsa/client'
import type { PartitionOffset } from '../../cluster/partition-offsets.ts'
import { FailedError, type Io, command, exitCodes } from '../../command/command.ts'
import { flag, text } from '../../command/options.ts'
import { openAdmin } from '../../connect.ts'
import { jsonLine } from '../../format/json-line.ts'
import { paintFor } from '../../format/paint.ts'
import { countText } from '../../format/size.ts'
import { type Column, table } from '../../format/table.ts'
import { accessOptions } from '../../records/access-options.ts'
import { connectionOf } from '../../tools/connection-options.ts'

/** `samsa offsets list`: where partitions begin and end, or are at a time. */
export const offsetsList = command({
  name: 'offsets list',
  about: 'Show where partitions begin and end, or are at a time.',
  words: [
    {
      name: 'partitions',
      about:
        "Topics, by regular expression, with partitions if wanted: 'orders', 'orders:0-3'. Without: all.",
      isVariadic: true,
    },
  ],
  options: {
    ...accessOptions,
    at: text({
      argument: 'time',
      about: "Show the first record not before a time instead: '10 min ago', '2026-01-31 12:00', yesterday.",
    }),
    internal: flag({ about: 'Show internal topics as well.' }),
    json: flag({ about: 'One JSON object a line for each partition.' }),
  },
  examples: [
    ['samsa offsets list orders', 'Where its partitions begin and end.'],
    ["samsa offsets list orders --at '1 h ago'", 'Where they were an hour ago.'],
  ],
  async run(given, io, words) {
    const { meantPartitions, partitionOffsets } = await import('../../cluster/partition-offsets.ts')
    const { partitionMatcherOf } = await import('../../tools/partition-pattern.ts')
    const at = given.at === undefined ? undefined : await timeOf(given.at)
    const isMeant = partitionMatcherOf(words.length === 0 ? '.*' : words.join(','))
    await using admin = await openAdmin(connectionOf(given), io)
    const partitions = await meantPartitions(admin, isMeant, { includeInternal: given.internal })
    if (partitions.length === 0 && words.length > 0)
      throw new FailedError(`There is no partition of ${words.join(', ')}.`)
    const ask = (spec: OffsetSpec) => partitionOffsets(admin, partitions, spec)
    if (at === undefined)
      print(extentsOf(await ask('earliest'), await ask('latest')), extents, given.json, io)
    else print(await ask(at), moments, given.json, io)
    return exitCodes.ok
  },
})

async function timeOf(given: string): Promise<OffsetSpec> {
  const { momentOf } = await import('../../records/moment.ts')
  const moment = momentOf(given, Date.now(), '--at')
  if (moment.kind === 'start') return 'earliest'
  if (moment.kind === 'end') return 'latest'
  if (moment.kind === 'time') return { timestamp: moment.timeMs }
  throw new FailedError(`--at: '${given}' is an offset already. Give a time, such as '10 min ago'.`)
}

interface Extent extends TopicPartition {
  readonly startOffset: number | undefined
  readonly endOffset: number | undefined
  readonly error: Error | undefined
}

function extentsOf(starts: readonly PartitionOffset[], ends: readonly PartitionOffset[]): Extent[] {
  return starts.map(({ topic, partition, offset: startOffset, error }, at) => {
    const end = ends[at]!
    return { topic, partition, startOffset, endOffset: end.offset, error: error ?? end.error }
  })
}

function print<Row extends TopicPartition & { readonly error: Error | undefined }>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  isJson: boolean,
  io: Io,
): void {
  if (isJson) {
    for (const row of rows) io.print(jsonLine(row))
    return
  }
  io.print(table(columns, rows, paintFor(io)))
  for (const { topic, partition, error } of rows)
    if (error !== undefined) io.printError(`${topic}:${partition}: ${error.message}\n`)
}

const names: readonly Column<TopicPartition>[] = [
  { heading: 'TOPIC', text: ({ topic }) => topic },
  { heading: 'PARTITION', isNumber: true, text: ({ partition }) => `${partition}` },
]

const extents: readonly Column<Extent>[] = [
  ...names,
  { heading: 'FIRST', isNumber: true, text: ({ startOffset }) => `${startOffset ?? '?'}` },
  { heading: 'NEXT', isNumber: true, text: ({ endOffset }) => `${endOffset ?? '?'}` },
  {
    heading: 'RECORDS',
    isNumber: true,
    text: ({ startOffset, endOffset }) =>
      startOffset === undefined || endOffset === undefined ? '?' : countText(endOffset - startOffset),
  },
]

const moments: readonly Column<PartitionOffset>[] = [
  ...names,
  {
    heading: 'OFFSET',
    isNumber: true,
    text: ({ offset, error }) => (error === undefined ? `${offset ?? 'none'}` : '?'),
  },
  {
    heading: 'TIME',
    text: ({ timestamp }) => (timestamp === undefined ? '' : new Date(timestamp).toISOString()),
  },
]
