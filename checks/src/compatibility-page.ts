import { readFileSync } from 'node:fs'
import { handlers, servedVersions } from '@samsa/broker'

const expectedPath = new URL('../../tests/interop/librdkafka-tests/expected.tsv', import.meta.url)

/** The table of requests in `docs/reference/compatibility.md`, read off the broker's list of handlers. */
export function requestsSection(): string {
  const rows = handlers
    .map(({ api }) => ({ ...servedVersions(api), key: api.key, name: api.name }))
    .sort((one, other) => one.key - other.key)
    .map(({ key, name, oldest, newest }) => `| ${key} | ${name} | ${oldest}–${newest} |`)
  return `| key | API | versions |\n|---|---|---|\n${rows.join('\n')}\n`
}

/** What is expected of librdkafka's own tests, from the table that `tests/interop/run librdkafka-tests` goes by. */
export function librdkafkaSection(): string {
  const [, ...rows] = readFileSync(expectedPath, 'utf8')
    .trimEnd()
    .split(/\r?\n/)
    .map(line => line.split('\t'))
  const count = (column: number, verdict: string) => rows.filter(row => row[column] === verdict).length
  const isPlain = (row: string[]) => row[2] === 'passes' && row[3] === 'passes' && row.at(-1) === ''
  const plain = rows.filter(isPlain).map(([test]) => test)
  const others = rows.filter(row => !isPlain(row))
  const lines = others.map(([test, name, here, kafka, delay, setting, why]) => {
    const conditions = [delay === '0' ? '' : `a delay of ${delay} ms`, setting].filter(one => one !== '')
    return `| ${test} ${name} | ${[here, ...conditions].join(', with ')} | ${kafka} | ${why} |`
  })
  const summary =
    `Of ${rows.length} tests ${count(2, 'passes')} pass here and ${count(3, 'passes')} on one node of Apache Kafka ` +
    `4.3.1; ${count(2, 'skips')} skip themselves on both. Passing on both, as they are: ${plain.join(', ')}.`
  return [
    wrapped(summary),
    '',
    '| test | here | Apache Kafka | why |',
    '|---|---|---|---|',
    ...lines,
    '',
  ].join('\n')
}

/** Text in lines of at most 120 letters, as the pages written by hand are. */
function wrapped(text: string): string {
  return text.replaceAll(/(.{1,120})(?: |$)/g, '$1\n').trimEnd()
}
