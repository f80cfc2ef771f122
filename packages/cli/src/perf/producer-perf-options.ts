import { ToolUsageError } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, integer, number, text } from '../command/options.ts'
import { isGiven } from '../tools/option-rules.ts'

const properties = {
  argument: 'key=value',
  about: "Configurations of the producer, which win over the file's: linger.ms=10 batch.size=32768.",
  isVariadic: true,
} as const
const config = { argument: 'file', about: "A properties file with the producer's configuration." }

/** The options of `kafka-producer-perf-test`. */
export const producerPerfOptions = {
  'bootstrap-server': text({ argument: 'host:port', about: 'Brokers to ask first, separated by commas.' }),
  topic: text({ argument: 'name', about: 'The topic to send to.', isRequired: true }),
  'num-records': integer({ argument: 'count', about: 'How many records to send.', isRequired: true }),
  throughput: number({
    argument: 'count',
    about: 'How many records to send a second; -1 for as many as can be.',
    isRequired: true,
  }),
  'record-size': integer({ argument: 'bytes', about: 'Send values of that many random letters.' }),
  'payload-file': text({
    argument: 'file',
    about: 'Send values drawn from this file, which is split at --payload-delimiter.',
  }),
  'payload-monotonic': flag({ about: 'Send numbers: 0, 1, 2 and so on.' }),
  'payload-delimiter': text({
    argument: 'text',
    about: 'Where to split --payload-file (default: at line feeds).',
    default: '\\n',
  }),
  'producer-props': text({ ...properties, isHidden: true }),
  'command-property': text(properties),
  'producer.config': text({ ...config, isHidden: true }),
  'command-config': text(config),
  'print-metrics': flag({ about: "Print the producer's metrics at the end." }),
  'transactional-id': text({ argument: 'id', about: 'Send in transactions, with this transactional.id.' }),
  'transaction-duration-ms': integer({
    argument: 'ms',
    about: 'Send in transactions that are committed when they are that old (default: 3000).',
  }),
  'warmup-records': integer({
    argument: 'count',
    about: 'So many records come before the steady state, which has a summary of its own.',
    default: 0,
  }),
  'reporting-interval': integer({
    argument: 'ms',
    about: 'How often a line is printed while it runs (default: 5000).',
    default: 5000,
  }),
}

export type ProducerPerfOptions = OptionsOf<typeof producerPerfOptions>

const payloads = ['record-size', 'payload-file', 'payload-monotonic'] as const
const ways = [
  'bootstrap-server',
  'command-property',
  'producer-props',
  'producer.config',
  'command-config',
] as const

/** Throws `ToolUsageError` when the options do not go together. */
export function checkProducerPerfOptions(given: ProducerPerfOptions): void {
  const [first, second] = payloads.filter(name => isGiven(given, name))
  if (first === undefined) {
    throw new ToolUsageError(
      `one of the arguments ${payloads.map(name => `--${name}`).join(' ')} is required`,
    )
  }
  if (second !== undefined)
    throw new ToolUsageError(`argument --${second}: not allowed with argument --${first}`)
  const size = given['record-size']
  const duration = given['transaction-duration-ms']
  if (given['num-records'] <= 0) throw new ToolUsageError('--num-records should be greater than zero.')
  if (given['warmup-records'] >= given['num-records']) {
    throw new ToolUsageError(
      'The value for --warmup-records must be strictly fewer than the number of records in the test, --num-records.',
    )
  }
  if (size !== undefined && size <= 0) throw new ToolUsageError('--record-size should be greater than zero.')
  if (!ways.some(name => isGiven(given, name))) {
    throw new ToolUsageError(
      'At least one of --bootstrap-server, --command-property, --producer-props, --producer.config or --command-config must be specified.',
    )
  }
  if (duration !== undefined && duration <= 0)
    throw new ToolUsageError('--transaction-duration-ms should be greater than zero.')
  if (given['reporting-interval'] <= 0)
    throw new ToolUsageError('--reporting-interval should be greater than zero.')
}
