import { type OptionsOf, flag, integer, text } from '../../command/options.ts'
import { accessOptions, compressionOption } from '../../records/access-options.ts'

/** The options of `samsa produce`. */
export const produceOptions = {
  ...accessOptions,
  json: flag({
    about:
      'Lines are objects of JSON as `samsa consume --json` prints them: value or valueBase64, and maybe key or keyBase64, headers, partition and timestamp.',
  }),
  csv: flag({
    about:
      'The input is CSV with names in its first row: key, value, partition, timestamp, header.NAME. Without a column value the other columns become an object of JSON.',
  }),
  keys: flag({ short: 'k', about: 'Lines are a key and a value.' }),
  separator: text({
    argument: 'text',
    about: 'Stands between key and value (default: a tab), or between the fields of CSV (default: a comma).',
  }),
  'key-column': text({ argument: 'name', about: 'The column of the CSV that is the key (default: key).' }),
  null: text({ argument: 'text', about: 'This text stands for null, in keys, values and fields.' }),
  key: text({ argument: 'text', about: 'The key of all records that have none.' }),
  header: text({
    argument: 'name=value',
    short: 'H',
    about: 'A header for all records; may be repeated.',
    isRepeatable: true,
  }),
  partition: integer({
    argument: 'number',
    short: 'p',
    min: 0,
    about: 'The partition of all records that name none.',
  }),
  ...compressionOption,
}

export type ProduceGiven = OptionsOf<typeof produceOptions>
