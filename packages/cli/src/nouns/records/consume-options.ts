import { type OptionsOf, flag, integer, text } from '../../command/options.ts'
import { accessOptions } from '../../records/access-options.ts'
import { readings } from '../../records/readings.ts'

/** The options of `samsa consume`. */
export const consumeOptions = {
  ...accessOptions,
  at: text({
    argument: 'moment',
    about:
      "Where to begin: a time ('10 min ago', '2026-01-31 12:00', today, milliseconds since the epoch), an offset, -N for the last N records of each partition, beginning or end. Default: the beginning; with --follow the end.",
  }),
  until: text({
    argument: 'moment',
    about: 'Where to end, the same way; what is there is not printed. Default: the end as it is now.',
  }),
  follow: flag({ short: 'f', about: 'Go on with what comes, until Ctrl-C.' }),
  partition: integer({
    argument: 'number',
    short: 'p',
    min: 0,
    about: 'Only this partition; may be repeated.',
    isRepeatable: true,
  }),
  'max-records': integer({ argument: 'count', short: 'n', min: 0, about: 'End after that many records.' }),
  filter: text({
    argument: 'expression',
    about:
      "Only records for which this is true. Of a record there are key, value, headers, topic, partition, offset, timestamp and size, with fields as in value.user.id or headers['a b'] and items as in value.tags[0]. Operators: == != < <= > >= =~ !~ (with /pattern/i), in, contains, + - * / %, && || ! or and, or, not. Functions: exists, length, lower, upper, startsWith, endsWith. timestamp takes times as --at does. A field that is missing is null.",
  }),
  json: flag({ about: 'Print each record with all its parts as a line of JSON.' }),
  pretty: flag({ about: 'Print records for people: the default at a terminal.' }),
  plain: flag({ about: 'Print values only, one a line: the default otherwise.' }),
  keys: flag({ short: 'k', about: 'Print key and value, one record a line.' }),
  separator: text({
    argument: 'text',
    about: 'Stands between key and value with --keys (default: a tab).',
    default: '\t',
  }),
  'value-as': text({
    argument: 'reading',
    choices: readings,
    default: 'auto',
    about: 'How values are read: text, json, msgpack, hex, base64, or auto, which looks what they are.',
  }),
  'key-as': text({ argument: 'reading', choices: readings, default: 'auto', about: 'How keys are read.' }),
}

export type ConsumeGiven = OptionsOf<typeof consumeOptions>
