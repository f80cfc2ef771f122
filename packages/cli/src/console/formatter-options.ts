import type { Io } from '../command/command.ts'
import { text } from '../command/options.ts'
import { readProperties } from '../connect.ts'
import { DEFAULT_FORMATTER, formatterOf } from './formatters.ts'
import { keyValuesOf } from './key-values.ts'
import type { RecordFormatter } from './record-formatter.ts'

const property = {
  argument: 'key=value',
  about:
    'How records are printed; may be repeated: print.timestamp, print.partition, print.offset, print.delivery, print.epoch, print.headers, print.key, print.value (true or false), key.separator, line.separator, headers.separator, null.literal, key.deserializer, value.deserializer, headers.deserializer.',
  isRepeatable: true,
} as const

/** How the console consumers print. */
export const formatterOptions = {
  formatter: text({
    argument: 'class',
    about:
      'How records are printed, by the name of the class Kafka has for it: DefaultMessageFormatter, LoggingMessageFormatter, NoOpMessageFormatter, or what is kept in internal topics: OffsetsMessageFormatter, GroupMetadataMessageFormatter, ShareGroupMessageFormatter, ShareGroupStateMessageFormatter, TransactionLogMessageFormatter.',
    default: DEFAULT_FORMATTER,
  }),
  'formatter-property': text(property),
  property: text({ ...property, isHidden: true }),
  'formatter-config': text({
    argument: 'file',
    about: 'A properties file that says how records are printed.',
  }),
  'key-deserializer': text({
    argument: 'class',
    about:
      'How keys are read: String, Short, Integer, Long, Float, Double, Boolean, UUID or Bytes, or the name of the Java class.',
  }),
  'value-deserializer': text({ argument: 'class', about: 'How values are read.' }),
}

interface Given {
  readonly formatter: string
  readonly 'formatter-property': readonly string[]
  readonly 'formatter-config': string | undefined
  readonly 'key-deserializer': string | undefined
  readonly 'value-deserializer': string | undefined
}

/** The formatter that the options ask for. Throws `ToolUsageError` when there is none. */
export function givenFormatter(given: Given, io: Io): Promise<RecordFormatter> {
  const file = given['formatter-config']
  const properties: Record<string, string> = file === undefined ? {} : readProperties(file, io)
  for (const kind of ['key', 'value'] as const) {
    const name = given[`${kind}-deserializer`]
    if (name !== undefined && name !== '') properties[`${kind}.deserializer`] = name
  }
  Object.assign(properties, keyValuesOf(given['formatter-property']))
  return formatterOf(given.formatter, properties, line => io.printError(`${line}\n`))
}
