import type { ConfigEntry } from '@samsa/client'
import { type Io, command, exitCodes } from '../../command/command.ts'
import { flag } from '../../command/options.ts'
import { openAdmin } from '../../connect.ts'
import { jsonLine } from '../../format/json-line.ts'
import { type Paint, paintFor } from '../../format/paint.ts'
import { counted, sizeText } from '../../format/size.ts'
import { type Column, table } from '../../format/table.ts'
import { accessOptions } from '../../records/access-options.ts'
import { connectionOf } from '../../tools/connection-options.ts'
import type { PartitionFacts, TopicFacts } from '../../topics/topic-facts.ts'

/** `samsa topics describe`: topics with their partitions and what is set for them. */
export const topicsDescribe = command({
  name: 'topics describe',
  about: 'Show topics: partitions, leaders, replicas, offsets, sizes, and what is set for them.',
  words: [{ name: 'topic', about: 'The topics.', isRequired: true, isVariadic: true }],
  options: { ...accessOptions, json: flag({ about: 'One JSON object a line for each topic.' }) },
  examples: [['samsa topics describe orders', 'One topic.']],
  async run(given, io, names) {
    const { topicFacts } = await import('../../topics/topic-facts.ts')
    const { resourceConfig } = await import('../../configs/resource-configs.ts')
    await using admin = await openAdmin(connectionOf(given), io)
    const topics = await topicFacts(admin, names, { mustExist: true })
    for (const [index, topic] of topics.entries()) {
      if (index > 0 && !given.json) io.print('\n')
      const configs = await resourceConfig(admin, 'topics', topic.topic)
      if (given.json)
        io.print(jsonLine({ ...topic, configs: new Map(configs.map(({ name, value }) => [name, value])) }))
      else printTopic(topic, configs, io)
    }
    return exitCodes.ok
  },
})

function printTopic(topic: TopicFacts, configs: readonly ConfigEntry[], io: Io): void {
  const paint = paintFor(io)
  const facts = [
    counted(topic.partitions.length, 'partition'),
    counted(topic.replicationFactor, 'replica'),
    ...(topic.records === undefined ? [] : [counted(topic.records, 'record')]),
    ...(topic.sizeBytes === undefined ? [] : [sizeText(topic.sizeBytes)]),
    ...(topic.topicId === undefined ? [] : [`id ${topic.topicId}`]),
  ]
  io.print(`${paint('bold', topic.topic)}  ${facts.join(', ')}\n`)
  for (const { name, value } of configs) io.print(`  ${name}=${value}\n`)
  io.print(table(columns, topic.partitions, paint))
}

const columns: readonly Column<PartitionFacts>[] = [
  { heading: 'PARTITION', isNumber: true, text: ({ partition }) => `${partition}` },
  {
    heading: 'LEADER',
    isNumber: true,
    text: ({ leader }) => (leader === undefined ? 'none' : `${leader}`),
    paint: ({ leader }, text, paint) => (leader === undefined ? paint('red', text) : text),
  },
  { heading: 'REPLICAS', text: ({ replicas }) => replicas.join(',') },
  { heading: 'IN SYNC', text: ({ isr }) => isr.join(','), paint: paintIsr },
  { heading: 'FIRST', isNumber: true, text: ({ startOffset }) => `${startOffset ?? '?'}` },
  { heading: 'NEXT', isNumber: true, text: ({ endOffset }) => `${endOffset ?? '?'}` },
  {
    heading: 'SIZE',
    isNumber: true,
    text: ({ sizeBytes }) => (sizeBytes === undefined ? '?' : sizeText(sizeBytes)),
  },
]

function paintIsr({ isr, replicas }: PartitionFacts, text: string, paint: Paint): string {
  return isr.length < replicas.length ? paint('yellow', text) : text
}
