import { extname, resolve } from 'node:path'
import { type Io, exitCodes } from '../command/command.ts'
import { kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, integer, text } from '../command/options.ts'
import { DumpFindings } from '../dump-log/dump-findings.ts'
import { DumpOutput } from '../dump-log/dump-output.ts'
import type { RecordReader } from '../dump-log/record-readers.ts'
import { isGiven, requireOptions } from './option-rules.ts'

const STRING_DECODER = 'org.apache.kafka.tools.api.StringDecoder'

const options = {
  files: text({
    argument: 'files',
    about: 'Which files, separated by commas: .log, .index, .timeindex, .txnindex, .snapshot, .checkpoint.',
  }),
  'print-data-log': flag({ about: 'Print keys and values too; so do all decoders.' }),
  'deep-iteration': flag({ about: 'Look into batches: a line for each record.' }),
  'skip-record-metadata': flag({ about: 'Print keys and values only.' }),
  'max-bytes': integer({ argument: 'bytes', about: 'How much of each log is looked at (default: all).' }),
  'verify-index-only': flag({ about: 'Compare indexes with their logs, and print no entries.' }),
  'index-sanity-check': flag({ about: 'Only look whether indexes would be built anew at a start.' }),
  'max-message-size': integer({
    argument: 'bytes',
    about: 'The size of the largest batch.',
    default: 5 * 1024 * 1024,
  }),
  'key-decoder-class': text({
    argument: 'name',
    about: 'How keys are read: StringDecoder, IntegerDecoder, LongDecoder or DefaultDecoder (hexadecimal).',
    isValueOptional: true,
  }),
  'value-decoder-class': text({
    argument: 'name',
    about: 'How values are read: as --key-decoder-class.',
    isValueOptional: true,
  }),
  'offsets-decoder': flag({ about: 'Read records of __consumer_offsets.' }),
  'transaction-log-decoder': flag({ about: 'Read records of __transaction_state.' }),
  'share-group-state-decoder': flag({ about: 'Read records of __share_group_state.' }),
  'cluster-metadata-decoder': flag({
    about: "Read records of Kafka's metadata log (Samsa keeps its metadata otherwise).",
  }),
  'remote-log-metadata-decoder': flag({ about: 'Read records of __remote_log_metadata.' }),
}

type Options = OptionsOf<typeof options>

/** `kafka-dump-log`: the files of partitions, of Samsa's and Kafka's directories alike, are shown and checked. */
export const kafkaDumpLog = kafkaTool({
  name: 'kafka-dump-log',
  about: 'Show what is in the files of a partition, and check them.',
  style: 'plain',
  options,
  examples: [
    ['kafka-dump-log --files 00000000000000000000.log --print-data-log', 'Every record of a segment.'],
    [
      'kafka-dump-log --files 00000000000000000000.index --verify-index-only',
      'Whether an index fits its log.',
    ],
  ],
  async run(given, io) {
    requireOptions(given, ['files'])
    const output = new DumpOutput(io)
    const findings = new DumpFindings()
    try {
      for (const path of given.files!.split(',')) {
        output.line(`Dumping ${path}`)
        await dumpFile(resolve(io.directory, path), path, given, findings, output, io)
        if (output.isClosed) return exitCodes.ok
      }
    } finally {
      await output.flush()
    }
    for (const line of findings.lines()) io.printError(`${line}\n`)
    return exitCodes.ok
  },
})

async function dumpFile(
  path: string,
  shown: string,
  given: Options,
  findings: DumpFindings,
  output: DumpOutput,
  io: Io,
): Promise<void> {
  const suffix = extname(path)
  if (suffix === '.log' || suffix === '.checkpoint') {
    const { dumpLogFile } = await import('../dump-log/dump-log-file.ts')
    await dumpLogFile(path, await logOptions(given), findings, output)
  } else if (suffix === '.index' || suffix === '.timeindex') {
    const { dumpOffsetIndex, dumpTimeIndex } = await import('../dump-log/dump-indexes.ts')
    const dump = suffix === '.index' ? dumpOffsetIndex : dumpTimeIndex
    await dump(path, shown, indexOptions(given), findings, output)
  } else if (suffix === '.txnindex' || suffix === '.snapshot') {
    const { dumpProducerSnapshot, dumpTransactionIndex } = await import('../dump-log/dump-transactions.ts')
    const problem =
      suffix === '.snapshot' ? dumpProducerSnapshot(path, output) : dumpTransactionIndex(path, output)
    if (problem !== undefined) io.printError(`${problem}\n`)
  } else {
    io.printError(`Ignoring unknown file ${shown}\n`)
  }
}

function indexOptions(given: Options) {
  return {
    checksOnly: given['index-sanity-check'],
    verifiesOnly: given['verify-index-only'],
    maxMessageSize: given['max-message-size'],
  }
}

async function logOptions(given: Options) {
  const reader = await readerOf(given)
  return {
    isDeep: given['deep-iteration'] || reader !== undefined,
    reader,
    skipsMetadata: given['skip-record-metadata'],
    maxBytes: given['max-bytes'],
  }
}

async function readerOf(given: Options): Promise<RecordReader | undefined> {
  const { plainReader, storedReader } = await import('../dump-log/record-readers.ts')
  const framed = await import('../dump-log/framed-readers.ts')
  const { groupRecords, shareStateRecords, transactionRecords } = await import('@samsa/protocol')
  if (given['offsets-decoder']) return storedReader(groupRecords)
  if (given['transaction-log-decoder']) return storedReader(transactionRecords)
  if (given['cluster-metadata-decoder']) return framed.clusterMetadataReader
  if (given['remote-log-metadata-decoder']) return framed.remoteLogReader
  if (given['share-group-state-decoder']) return storedReader(shareStateRecords)
  const decoders = ['key-decoder-class', 'value-decoder-class'] as const
  if (!given['print-data-log'] && !decoders.some(name => isGiven(given, name))) return undefined
  const [key, value] = decoders.map(name => given[name] || STRING_DECODER) as [string, string]
  return plainReader(key, value)
}
