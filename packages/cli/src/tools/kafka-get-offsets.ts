import type { OffsetSpec } from '@samsa/client'
import { type PartitionOffset, meantPartitions, partitionOffsets } from '../cluster/partition-offsets.ts'
import { FailedError, type Io, exitCodes } from '../command/command.ts'
import { javaTextOf } from '../command/java-name.ts'
import { ToolUsageError, kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, text } from '../command/options.ts'
import { openAdmin } from '../connect.ts'
import { checkAddresses, connectionOf, connectionOptions } from './connection-options.ts'
import { type PartitionMatcher, partitionMatcherOf } from './partition-pattern.ts'
import { matcherOf } from './topic-pattern.ts'

const options = {
  ...connectionOptions,
  topic: text({ argument: 'name', about: 'Which topics: a regular expression (default: all).' }),
  partitions: text({ argument: 'ids', about: 'Which partitions, separated by commas (default: all).' }),
  'topic-partitions': text({
    argument: 'patterns',
    about: "Topics with their partitions instead: 'orders:0-3,logs:5-,.*:1'.",
  }),
  time: text({
    argument: 'time',
    about:
      'Where: latest (-1), earliest (-2), max-timestamp (-3), earliest-local (-4), latest-tiered (-5), earliest-pending-upload (-6), or the first record not before a time in milliseconds.',
    default: 'latest',
  }),
  'exclude-internal-topics': flag({ about: 'Leave internal topics out.' }),
}

type Options = OptionsOf<typeof options>

/** `kafka-get-offsets`: where partitions begin, end, or are at a time. */
export const kafkaGetOffsets = kafkaTool({
  name: 'kafka-get-offsets',
  about: 'Show where partitions begin, end, or are at a time.',
  style: 'plain',
  options,
  failurePrefix: 'Error occurred: ',
  failureHasJavaName: true,
  usageText: (problem, error) => (error instanceof ToolUsageError ? problem : `Error occurred: ${problem}`),
  examples: [
    ['kafka-get-offsets --topic orders', 'The end of each of its partitions.'],
    ['kafka-get-offsets --topic orders --time earliest', 'Where they begin.'],
  ],
  async run(given, io) {
    checkAddresses(given['bootstrap-server'])
    if (
      given['topic-partitions'] !== undefined &&
      (given.topic !== undefined || given.partitions !== undefined)
    )
      throw new FailedError('--topic-partitions cannot be used with --topic or --partitions')
    const at = offsetSpecOf(given.time)
    const isMeant = matcherFor(given)
    await using admin = await openAdmin(connectionOf(given), io)
    const includeInternal = !given['exclude-internal-topics']
    const partitions = await meantPartitions(admin, isMeant, { includeInternal })
    if (partitions.length === 0)
      throw new FailedError('Could not match any topic-partitions with the specified filters')
    printOffsets(await partitionOffsets(admin, partitions, at), io)
    return exitCodes.ok
  },
})

function printOffsets(offsets: readonly PartitionOffset[], io: Io): void {
  const lines = new Map<string, string>()
  for (const { topic, partition, offset, error } of offsets) {
    const name = `${topic}-${partition}`
    if (error !== undefined)
      io.printError(`Skip getting offsets for topic-partition ${name} due to error: ${javaTextOf(error)}\n`)
    else if (offset !== undefined) lines.set(name, `${topic}:${partition}:${offset}\n`)
  }
  for (const name of [...lines.keys()].sort()) io.print(lines.get(name)!)
}

function matcherFor(given: Options): PartitionMatcher {
  const patterns = given['topic-partitions']
  return patterns === undefined ? matcherOfLists(given) : partitionMatcherOf(patterns)
}

function matcherOfLists({ topic = '.*', partitions }: Options): PartitionMatcher {
  const ids = partitions === undefined || partitions === '' ? [] : partitions.split(',')
  if (!ids.every(id => /^[+-]?\d+$/.test(id))) {
    throw new FailedError(
      `--partitions expects a comma separated list of numeric partition ids, but received: ${partitions}`,
    )
  }
  const wanted = new Set(ids.map(Number))
  return {
    topic: matcherOf(topic),
    partition: (_, partition) => wanted.size === 0 || wanted.has(partition),
  }
}

const named: Readonly<Record<string, OffsetSpec>> = {
  latest: 'latest',
  '-1': 'latest',
  earliest: 'earliest',
  '-2': 'earliest',
  'max-timestamp': 'max-timestamp',
  '-3': 'max-timestamp',
  'earliest-local': 'earliest-local',
  '-4': 'earliest-local',
  'latest-tiered': 'latest-tiered',
  '-5': 'latest-tiered',
  'earliest-pending-upload': 'earliest-pending-upload',
  '-6': 'earliest-pending-upload',
}

function offsetSpecOf(given: string): OffsetSpec {
  const spec = named[given]
  if (spec !== undefined) return spec
  if (/^[+-]?\d+$/.test(given)) return { timestamp: Number(given) }
  throw new FailedError(
    `Malformed time argument ${given}. Please use -1 or latest / -2 or earliest / -3 or max-timestamp / -4 or earliest-local / -5 or latest-tiered / -6 or earliest-pending-upload, or a specified long format timestamp`,
  )
}
