import { parseArgs } from 'node:util'
import { Tally } from '../../process/tally.ts'
import { manyConnections } from './connections.ts'
import { manyGroups } from './groups.ts'
import { largeTopic } from './large-topic.ts'
import { manyPartitions } from './partitions.ts'
import { isMeasurable } from './process-figures.ts'

// tests/soak/run scale: what a node does with many partitions, connections, groups, and much data.

const { values: options } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    only: { type: 'string', default: 'partitions,connections,groups,large-topic' },
    partitions: { type: 'string' },
    connections: { type: 'string' },
    groups: { type: 'string' },
    gigabytes: { type: 'string' },
  },
})
const sizeOf = (given: string | undefined, full: number, small: number) =>
  given === undefined ? (options.full ? full : small) : Number(given)

const sizes = {
  partitions: sizeOf(options.partitions, 10_000, 2_000),
  connections: sizeOf(options.connections, 5_000, 1_000),
  groups: sizeOf(options.groups, 100, 20),
  gigabytes: sizeOf(options.gigabytes, 20, 1),
}
// Machines that run CI are slow and shared: there a limit catches what grows too fast, not what is a little late.
const patience = options.full ? 1 : 3
const suites: Record<string, (tally: Tally) => Promise<void>> = {
  partitions: tally => manyPartitions(tally, sizes.partitions, patience),
  connections: tally => manyConnections(tally, sizes.connections, patience),
  groups: tally => manyGroups(tally, sizes.groups, patience),
  'large-topic': tally => largeTopic(tally, sizes.gigabytes, patience),
}

const tally = new Tally()
for (const name of options.only.split(',')) {
  const suite = suites[name]
  if (suite === undefined) tally.fail(name, `no such suite; there are ${Object.keys(suites).join(', ')}`)
  else if (isMeasurable) await suite(tally)
  else
    tally.skip(name, 'memory, handles and processor time of the broker are read from /proc, which is missing')
}
tally.close()
