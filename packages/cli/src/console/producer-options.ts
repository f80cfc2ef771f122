import { type OptionsOf, flag, integer, text } from '../command/options.ts'
import { bootstrapServerOption, brokerListOption, zookeeperOption } from '../tools/connection-options.ts'

const config = { argument: 'file', about: "A properties file with the producer's configuration." }
const property = {
  argument: 'key=value',
  about: "A configuration of the producer, which wins over the file's; may be repeated.",
  isRepeatable: true,
} as const
const readerProperty = {
  argument: 'key=value',
  about:
    'How lines are read; may be repeated: parse.key=true, key.separator (default: a tab), parse.headers=true, headers.delimiter (a tab), headers.separator (,), headers.key.separator (:), null.marker, ignore.error=true.',
  isRepeatable: true,
} as const

/** The options of `kafka-console-producer`. */
export const producerOptions = {
  ...bootstrapServerOption,
  ...brokerListOption,
  ...zookeeperOption,
  topic: text({ argument: 'name', about: 'The topic to send to.' }),
  'command-config': text(config),
  'producer.config': text({ ...config, isHidden: true }),
  'command-property': text(property),
  'producer-property': text({ ...property, isHidden: true }),
  'reader-property': text(readerProperty),
  property: text({ ...readerProperty, isHidden: true }),
  'reader-config': text({
    argument: 'file',
    about: 'A properties file that says how lines are read.',
  }),
  'line-reader': text({
    argument: 'class',
    about: 'Who reads lines; there is only the reader of lines.',
    default: 'org.apache.kafka.tools.LineMessageReader',
    isHidden: true,
  }),
  sync: flag({ about: 'Send one record at a time, and end with an error when one fails.' }),
  'compression-codec': text({
    argument: 'codec',
    about: 'none, gzip, snappy, lz4 or zstd; gzip when it is not said which.',
    isValueOptional: true,
  }),
  'request-required-acks': text({ argument: 'acks', about: 'acks (default: -1).' }),
  timeout: integer({ argument: 'ms', about: 'How long a batch waits for more: linger.ms (default: 1000).' }),
  'batch-size': integer({ argument: 'bytes', about: 'batch.size (default: 16384).' }),
  'max-partition-memory-bytes': integer({
    argument: 'bytes',
    about: 'batch.size, before --batch-size.',
    isHidden: true,
    notice: 'is deprecated and will be removed in Apache Kafka 5.0. Use --batch-size instead.',
  }),
  'message-send-max-retries': integer({ argument: 'count', about: 'retries (default: 3).' }),
  'retry-backoff-ms': integer({ argument: 'ms', about: 'retry.backoff.ms (default: 100).' }),
  'request-timeout-ms': integer({ argument: 'ms', about: 'request.timeout.ms (default: 1500).' }),
  'max-block-ms': integer({ argument: 'ms', about: 'max.block.ms (default: 60000).' }),
  'max-memory-bytes': integer({ argument: 'bytes', about: 'buffer.memory (default: 33554432).' }),
  'metadata-expiry-ms': integer({ argument: 'ms', about: 'metadata.max.age.ms (default: 300000).' }),
  'socket-buffer-size': integer({ argument: 'bytes', about: 'send.buffer.bytes (default: 102400).' }),
}

type Options = OptionsOf<typeof producerOptions>

/** Options that stand for a key, with the value it has when neither says anything; of two for one key the later counts. */
const standsFor: readonly (readonly [option: keyof Options, key: string, byDefault: number | string])[] = [
  ['timeout', 'linger.ms', 1000],
  ['request-required-acks', 'acks', '-1'],
  ['request-timeout-ms', 'request.timeout.ms', 1500],
  ['message-send-max-retries', 'retries', 3],
  ['retry-backoff-ms', 'retry.backoff.ms', 100],
  ['socket-buffer-size', 'send.buffer.bytes', 102_400],
  ['max-memory-bytes', 'buffer.memory', 33_554_432],
  ['batch-size', 'batch.size', 16_384],
  ['max-partition-memory-bytes', 'batch.size', 16_384],
  ['metadata-expiry-ms', 'metadata.max.age.ms', 300_000],
  ['max-block-ms', 'max.block.ms', 60_000],
]

/** The producer's configuration: options win over properties, and those over the tool's defaults. */
export function producerEntries(given: Options, properties: Record<string, string>): Record<string, string> {
  const entries: Record<string, string> = { 'client.id': 'console-producer', ...properties }
  const codec = given['compression-codec'] as string | true | undefined
  // Without a codec nothing is compressed, whatever compression.type says: as in Kafka.
  entries['compression.type'] = codec === undefined ? 'none' : codec === true || codec === '' ? 'gzip' : codec
  for (const [option, key, byDefault] of standsFor) {
    const value = given[option]
    if (value !== undefined) entries[key] = String(value)
    // Nobody adds to the batch of a record that is waited for.
    else entries[key] ??= given.sync && option === 'timeout' ? '0' : String(byDefault)
  }
  return entries
}
