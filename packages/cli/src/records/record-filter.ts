import type { ConsumerRecord } from '@samsa/client'
import { FailedError } from '../command/command.ts'
import { compileFilter } from '../filter/compile.ts'
import { parseFilter } from '../filter/parse.ts'
import { momentForms, timeOf } from './moment.ts'
import type { Reading } from './readings.ts'
import { RecordSubject } from './record-subject.ts'

/**
 * What a filter expression says of a record; undefined without one.
 *
 * @throws FilterError, which shows where it is wrong
 */
export function filterOf(
  expression: string | undefined,
  keyReading: Reading,
  valueReading: Reading,
): ((record: ConsumerRecord) => boolean) | undefined {
  if (expression === undefined) return undefined
  const now = Date.now()
  const test = compileFilter(parseFilter(expression), text => {
    const time = timeOf(text, now)
    if (time !== undefined) return time
    throw new FailedError(
      `--filter: '${text}' is no time to compare timestamp with. It takes ${momentForms}.`,
    )
  })
  const subject = new RecordSubject(keyReading, valueReading)
  return record => test(subject.of(record))
}
