import { FailedError, type Io } from '../command/command.ts'
import { ToolUsageError } from '../command/kafka-tool.ts'
import { flag, integer, text } from '../command/options.ts'
import { bootstrapServerOption, brokerListOption } from '../tools/connection-options.ts'
import { forbidTogether, isGiven } from '../tools/option-rules.ts'

const config = { argument: 'file', about: "A properties file with the consumer's configuration." }
const records = { argument: 'count', about: 'How many records to read.' }

/** What `kafka-consumer-perf-test` and `kafka-share-consumer-perf-test` both take. */
export const readingOptions = {
  ...bootstrapServerOption,
  ...brokerListOption,
  topic: text({ argument: 'name', about: 'The topic to read.' }),
  'num-records': integer(records),
  messages: integer({ ...records, isHidden: true }),
  'fetch-size': integer({
    argument: 'bytes',
    about: 'How much to fetch of a partition at once (default: 1048576).',
    default: 1_048_576,
  }),
  'command-config': text(config),
  'consumer.config': text({ ...config, isHidden: true }),
  'command-property': text({
    argument: 'key=value',
    about: "A configuration of the consumer, which wins over the file's; may be repeated.",
    isRepeatable: true,
  }),
  'socket-buffer-size': integer({
    argument: 'bytes',
    about: 'receive.buffer.bytes (default: 2097152).',
    default: 2_097_152,
  }),
  'print-metrics': flag({ about: "Print the consumer's metrics at the end." }),
  'show-detailed-stats': flag({ about: 'Print a line each --reporting-interval.' }),
  'reporting-interval': integer({
    argument: 'ms',
    about: 'How often a line is printed with --show-detailed-stats (default: 5000).',
    default: 5000,
  }),
  timeout: integer({
    argument: 'ms',
    about: 'End when no record has come for that long (default: 10000).',
    default: 10_000,
    isValueOptional: true,
  }),
  'date-format': text({
    argument: 'pattern',
    about: "How times are printed, in the letters of Java's SimpleDateFormat.",
    default: 'yyyy-MM-dd HH:mm:ss:SSS',
  }),
  'hide-header': flag({ about: 'Leave out the line that names the columns.' }),
}

type Given = {
  readonly 'num-records': number | undefined
  readonly messages: number | undefined
  readonly 'command-config': string | undefined
  readonly 'consumer.config': string | undefined
  readonly 'reporting-interval': number
}

/** What the options come to under their present names. */
export interface ReadingSettings {
  readonly recordCount: number
  readonly configFile: string | undefined
}

/** Throws `ToolUsageError` and `FailedError` when the options do not go together; tells of old names. */
export function readingSettings(given: Given, io: Io): ReadingSettings {
  forbidTogether(given, 'consumer.config', ['command-config'])
  exactlyOne(given, ['messages', 'num-records'])
  if (given.messages !== undefined) {
    io.print('Warning: --messages is deprecated. Use --num-records instead.\n')
  }
  if (given['consumer.config'] !== undefined) {
    io.print('Warning: --consumer.config is deprecated. Use --command-config instead.\n')
  }
  if (given['reporting-interval'] <= 0) {
    throw new FailedError('Reporting interval must be greater than 0.')
  }
  return {
    recordCount: given['num-records'] ?? given.messages!,
    configFile: given['command-config'] ?? given['consumer.config'],
  }
}

/** Throws `ToolUsageError` unless exactly one of two options is given. */
export function exactlyOne(given: object, names: readonly string[]): void {
  const count = names.filter(name => isGiven(given as Record<string, unknown>, name)).length
  if (count === 1) return
  const list = names.map(name => `[${name}]`).join(', ')
  throw new ToolUsageError(`Exactly one of the following arguments is required: ${list}`)
}
