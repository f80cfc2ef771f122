import type { StoredRecord } from '@samsa/protocol'
import { ToolUsageError } from '../command/kafka-tool.ts'
import { DefaultFormatter } from './default-formatter.ts'
import type { FormatterProperties, RecordFormatter } from './record-formatter.ts'

type Make = (
  properties: FormatterProperties,
  log: (line: string) => void,
) => RecordFormatter | Promise<RecordFormatter>

const noOp: RecordFormatter = { write: () => {} }

/** Makers of formatters by the names of Kafka's classes, without their packages. */
const makers: Readonly<Record<string, Make>> = {
  DefaultMessageFormatter: (properties, log) => new DefaultFormatter(properties, log),
  LoggingMessageFormatter: async (properties, log) => {
    const { LoggingFormatter } = await import('./logging-formatter.ts')
    return new LoggingFormatter(properties, log)
  },
  NoOpMessageFormatter: () => noOp,
  OffsetsMessageFormatter: () => stored('group', ['LegacyOffsetCommit', 'OffsetCommit']),
  GroupMetadataMessageFormatter: () => stored('group', ['GroupMetadata']),
  ShareGroupMessageFormatter: () => stored('group', name => name.startsWith('ShareGroup')),
  TransactionLogMessageFormatter: () => stored('transaction', () => true),
  ShareGroupStateMessageFormatter: () => stored('share', () => true),
  RemoteLogMetadataFormatter: async () => (await import('./remote-log-formatter.ts')).remoteLogFormatter,
}

/** Names of classes that earlier releases had and tutorials still name, or that are in a package of their own. */
const otherNames: Readonly<Record<string, string>> = {
  'org.apache.kafka.server.log.remote.metadata.storage.serialization.RemoteLogMetadataSerde$RemoteLogMetadataFormatter':
    'RemoteLogMetadataFormatter',
  'kafka.tools.DefaultMessageFormatter': 'DefaultMessageFormatter',
  'kafka.tools.LoggingMessageFormatter': 'LoggingMessageFormatter',
  'kafka.tools.NoOpMessageFormatter': 'NoOpMessageFormatter',
  'kafka.coordinator.group.GroupMetadataManager$OffsetsMessageFormatter': 'OffsetsMessageFormatter',
  'kafka.coordinator.group.GroupMetadataManager$GroupMetadataMessageFormatter':
    'GroupMetadataMessageFormatter',
  'kafka.coordinator.GroupMetadataManager$OffsetsMessageFormatter': 'OffsetsMessageFormatter',
  'kafka.coordinator.GroupMetadataManager$GroupMetadataMessageFormatter': 'GroupMetadataMessageFormatter',
  'kafka.server.OffsetManager$OffsetsMessageFormatter': 'OffsetsMessageFormatter',
  'kafka.coordinator.transaction.TransactionLog$TransactionLogMessageFormatter':
    'TransactionLogMessageFormatter',
}

export const DEFAULT_FORMATTER = 'org.apache.kafka.tools.consumer.DefaultMessageFormatter'

/**
 * The formatter of a Java class, by its present name, an earlier one, or without its package.
 *
 * @param log told what a formatter has to say that is not a record
 * @throws ToolUsageError for any other class
 */
export async function formatterOf(
  className: string,
  properties: FormatterProperties,
  log: (line: string) => void,
): Promise<RecordFormatter> {
  const present = className.replace(/^org\.apache\.kafka\.tools\.consumer\.(group\.share\.)?/, '')
  // A shell that was told to keep the dollar may leave the backslash.
  const name = otherNames[present.replaceAll('\\$', '$')] ?? present
  const make = Object.hasOwn(makers, name) ? makers[name] : undefined
  if (make !== undefined) return make(properties, log)
  throw new ToolUsageError(
    `${className}: classes of Java cannot be loaded; formatters are ${Object.keys(makers).join(', ')}.`,
  )
}

async function stored(
  topic: 'group' | 'transaction' | 'share',
  isWanted: readonly string[] | ((name: string) => boolean),
): Promise<RecordFormatter> {
  const [{ StoredRecordFormatter }, protocol] = await Promise.all([
    import('./stored-record-formatter.ts'),
    import('@samsa/protocol'),
  ])
  const all: Record<typeof topic, readonly StoredRecord[]> = {
    group: protocol.groupRecords,
    transaction: protocol.transactionRecords,
    share: protocol.shareStateRecords,
  }
  const isOf = typeof isWanted === 'function' ? isWanted : (name: string) => isWanted.includes(name)
  return new StoredRecordFormatter(all[topic].filter(({ name }) => isOf(name)))
}
