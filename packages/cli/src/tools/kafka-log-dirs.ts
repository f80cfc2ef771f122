import type { LogDirDescription } from '@samsa/client'
import { FailedError, exitCodes } from '../command/command.ts'
import { javaNameOf } from '../command/java-name.ts'
import { kafkaTool } from '../command/kafka-tool.ts'
import { flag, text } from '../command/options.ts'
import { openAdmin } from '../connect.ts'
import { connectionOf, serverOptions } from './connection-options.ts'
import { requireOptions } from './option-rules.ts'

/** `kafka-log-dirs`: what is in the log directories of brokers, as JSON. */
export const kafkaLogDirs = kafkaTool({
  name: 'kafka-log-dirs',
  about: 'Show what is in the log directories of brokers.',
  style: 'plain',
  options: {
    ...serverOptions,
    describe: flag({ about: 'Show it; there is nothing else this tool does.' }),
    'topic-list': text({ argument: 'names', about: 'Which topics, separated by commas (default: all).' }),
    'broker-list': text({ argument: 'ids', about: 'Which brokers, separated by commas (default: all).' }),
  },
  failureHasJavaName: true,
  examples: [['kafka-log-dirs --describe --topic-list orders', 'Sizes of its partitions on each broker.']],
  async run(given, io) {
    requireOptions(given, ['describe'])
    const topics = new Set(partsOf(given['topic-list']))
    const wanted = partsOf(given['broker-list']).map(brokerOf)
    await using admin = await openAdmin(connectionOf(given), io)
    const known = (await admin.describeCluster()).brokers.map(({ id }) => id).sort((a, b) => a - b)
    const unknown = wanted.filter(id => !known.includes(id))
    if (unknown.length > 0) {
      throw new FailedError(
        `ERROR: The given brokers do not exist from --broker-list: ${unknown.join(',')}. Current existent brokers: ${known.join(',')}`,
      )
    }
    const brokers = wanted.length === 0 ? known : [...new Set(wanted)]
    io.print('Querying brokers for log directories information\n')
    const described = await admin.describeLogDirs(brokers)
    io.print(`Received log directory information from brokers ${brokers.join(',')}\n`)
    const listed = brokers.map(broker => ({ broker, logDirs: directoriesOf(described.get(broker), topics) }))
    io.print(`${JSON.stringify({ brokers: listed, version: 1 })}\n`)
    return exitCodes.ok
  },
})

function directoriesOf(directories: ReadonlyMap<string, LogDirDescription>, topics: ReadonlySet<string>) {
  return [...directories].map(([path, { error, replicas }]) => ({
    partitions: replicas
      .filter(({ topic }) => topics.size === 0 || topics.has(topic))
      .map(({ topic, partition, sizeBytes, offsetLag, isFuture }) => ({
        partition: `${topic}-${partition}`,
        size: sizeBytes,
        offsetLag,
        isFuture,
      })),
    error: error === undefined ? null : javaNameOf(error),
    logDir: path,
  }))
}

function partsOf(list = ''): string[] {
  return list.split(',').filter(part => part !== '')
}

function brokerOf(text: string): number {
  if (!/^\d+$/.test(text)) throw new FailedError(`--broker-list: '${text}' is not the id of a broker`)
  return Number(text)
}
