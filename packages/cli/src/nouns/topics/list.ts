import { command, exitCodes } from '../../command/command.ts'
import { flag } from '../../command/options.ts'
import { openAdmin } from '../../connect.ts'
import { jsonLine } from '../../format/json-line.ts'
import { paintFor } from '../../format/paint.ts'
import { countText, sizeText } from '../../format/size.ts'
import { type Column, table } from '../../format/table.ts'
import { accessOptions } from '../../records/access-options.ts'
import { connectionOf } from '../../tools/connection-options.ts'
import type { TopicFacts } from '../../topics/topic-facts.ts'

/** `samsa topics list`: all topics, with what is in them. */
export const topicsList = command({
  name: 'topics list',
  about: 'List topics with their partitions, records and sizes.',
  words: [{ name: 'pattern', about: 'A regular expression for the whole name. Without: all topics.' }],
  options: {
    ...accessOptions,
    internal: flag({ about: 'List internal topics as well.' }),
    json: flag({ about: 'One JSON object a line for each topic.' }),
  },
  examples: [
    ['samsa topics list', 'All topics.'],
    ["samsa topics list 'orders.*'", 'Those whose names begin with orders.'],
  ],
  async run(given, io, [pattern]) {
    const { topicFacts } = await import('../../topics/topic-facts.ts')
    const { matcherOf } = await import('../../tools/topic-pattern.ts')
    const isMeant = pattern === undefined ? () => true : matcherOf(pattern)
    await using admin = await openAdmin(connectionOf(given), io)
    const listed = await admin.listTopics({ includeInternal: given.internal })
    const names = listed.map(({ name }) => name).filter(isMeant)
    const topics = await topicFacts(admin, names.sort())
    if (given.json)
      for (const { partitions, ...topic } of topics)
        io.print(jsonLine({ ...topic, partitions: partitions.length }))
    else io.print(table(columns, topics, paintFor(io)))
    return exitCodes.ok
  },
})

const columns: readonly Column<TopicFacts>[] = [
  {
    heading: 'TOPIC',
    text: ({ topic }) => topic,
    paint: ({ isInternal }, text, paint) => (isInternal ? paint('dim', text) : text),
  },
  { heading: 'PARTITIONS', isNumber: true, text: ({ partitions }) => `${partitions.length}` },
  { heading: 'REPLICAS', isNumber: true, text: ({ replicationFactor }) => `${replicationFactor}` },
  {
    heading: 'RECORDS',
    isNumber: true,
    text: ({ records }) => (records === undefined ? '?' : countText(records)),
  },
  {
    heading: 'SIZE',
    isNumber: true,
    text: ({ sizeBytes }) => (sizeBytes === undefined ? '?' : sizeText(sizeBytes)),
  },
]
