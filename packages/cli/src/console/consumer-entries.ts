import { consumerConfig } from '@samsa/client'
import { FailedError, type Io } from '../command/command.ts'
import { ToolUsageError } from '../command/kafka-tool.ts'
import { clientEntries, readProperties } from '../connect.ts'
import { givenEntries } from './client-entries.ts'
import { type ConsumerOptions, groupOf, offsetOf } from './consumer-options.ts'
import { keyValuesOf } from './key-values.ts'

/** More records at a time than a program would want: nothing is done with them but printing. */
const RECORDS_AT_A_TIME = '10000'

/** The configuration of `kafka-console-consumer`'s consumer. Throws `ToolUsageError` and `FailedError`. */
export function consumerEntries(given: ConsumerOptions, io: Io): Record<string, string> {
  const configFile = given['command-config']
  const properties = keyValuesOf(given['command-property'])
  const fromFile = configFile === undefined ? {} : readProperties(configFile, io)
  const places = "via '--consumer-property', or via '--consumer.config'"
  const group = groupOf(given, fromFile['group.id'], properties['group.id'], places)
  if (group !== undefined && given.partition !== undefined) {
    throw new ToolUsageError('Options group and partition cannot be specified together.')
  }
  const entries = givenEntries({ configFile, properties }, consumerConfig, io)
  const more = {
    'auto.offset.reset': resetOf(given, entries['auto.offset.reset']),
    ...(given['isolation-level'] !== undefined && { 'isolation.level': given['isolation-level'] }),
    ...groupEntries(group, given, entries),
  }
  const defaults = { 'client.id': 'console-consumer', 'max.poll.records': RECORDS_AT_A_TIME }
  const server = { bootstrapServer: given['bootstrap-server'], zookeeper: given.zookeeper }
  return clientEntries({ ...server, properties: { ...defaults, ...entries, ...more } }, io)
}

function resetOf(given: ConsumerOptions, stated: string | undefined): string {
  const isFromBeginning = given['from-beginning']
  if (isFromBeginning && stated !== undefined && stated !== 'earliest') {
    throw new FailedError(
      `Can't simultaneously specify --from-beginning and 'auto.offset.reset=${stated}', please remove one option`,
    )
  }
  // A partition that is read without a group begins where this says.
  const offset = given.partition === undefined ? undefined : offsetOf(given)
  if (typeof offset === 'string') return offset
  return stated ?? (isFromBeginning ? 'earliest' : 'latest')
}

function groupEntries(
  group: string | undefined,
  given: ConsumerOptions,
  entries: Readonly<Record<string, string>>,
): Record<string, string> {
  if (group !== undefined) return { 'group.id': group }
  if (given.partition !== undefined) return {}
  // Made up for this run: what it has read is nobody's business afterwards.
  const made = `console-consumer-${Math.floor(Math.random() * 100_000)}`
  return { 'group.id': made, 'enable.auto.commit': entries['enable.auto.commit'] ?? 'false' }
}
