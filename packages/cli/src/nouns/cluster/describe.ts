import type { BrokerFacts, ClusterFacts } from '../../cluster/cluster-facts.ts'
import { type Io, command, exitCodes } from '../../command/command.ts'
import { flag } from '../../command/options.ts'
import { openAdmin } from '../../connect.ts'
import { jsonLine } from '../../format/json-line.ts'
import { paintFor } from '../../format/paint.ts'
import { counted, sizeText } from '../../format/size.ts'
import { type Column, table } from '../../format/table.ts'
import { accessOptions } from '../../records/access-options.ts'
import { connectionOf } from '../../tools/connection-options.ts'

/** `samsa cluster describe`: the brokers and what they have to do. */
export const clusterDescribe = command({
  name: 'cluster describe',
  about: 'Show the cluster: its id, its brokers, what they lead and hold, and what is amiss.',
  options: { ...accessOptions, json: flag({ about: 'One JSON object.' }) },
  examples: [['samsa cluster describe', 'The cluster at one glance.']],
  async run(given, io) {
    const { clusterFacts } = await import('../../cluster/cluster-facts.ts')
    await using admin = await openAdmin(connectionOf(given), io)
    const facts = await clusterFacts(admin)
    if (given.json) io.print(jsonLine(facts))
    else print(facts, io)
    return exitCodes.ok
  },
})

function print(cluster: ClusterFacts, io: Io): void {
  const paint = paintFor(io)
  const facts = [
    counted(cluster.brokers.length, 'broker'),
    counted(cluster.topics, 'topic'),
    counted(cluster.partitions, 'partition'),
  ]
  io.print(`${paint('bold', cluster.clusterId ?? 'a cluster without id')}  ${facts.join(', ')}\n`)
  if (cluster.leaderless > 0)
    io.print(paint('red', `${counted(cluster.leaderless, 'partition')} without a leader\n`))
  if (cluster.underReplicated > 0)
    io.print(paint('yellow', `${counted(cluster.underReplicated, 'partition')} with replicas out of sync\n`))
  io.print(table(columns, cluster.brokers, paint))
}

const columns: readonly Column<BrokerFacts>[] = [
  { heading: 'BROKER', isNumber: true, text: ({ id }) => `${id}` },
  { heading: 'ADDRESS', text: ({ host, port }) => `${host}:${port}` },
  { heading: 'RACK', text: ({ rack }) => rack ?? '-' },
  {
    heading: 'STATE',
    text: ({ isFenced }) => (isFenced ? 'fenced' : 'up'),
    paint: ({ isFenced }, text, paint) => (isFenced ? paint('red', text) : text),
  },
  { heading: 'LEADS', isNumber: true, text: ({ leaders }) => `${leaders}` },
  { heading: 'REPLICAS', isNumber: true, text: ({ replicas }) => `${replicas}` },
  { heading: 'SIZE', isNumber: true, text: ({ sizeBytes }) => bytesText(sizeBytes) },
  { heading: 'FREE', isNumber: true, text: ({ usableBytes }) => bytesText(usableBytes) },
]

function bytesText(bytes: number | undefined): string {
  return bytes === undefined ? '?' : sizeText(bytes)
}
