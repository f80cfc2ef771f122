import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { consumeCommand } from '../nouns/records/consume.ts'
import { topicsCopy } from '../nouns/topics/copy.ts'
import { timeOf } from '../records/moment.ts'
import { compileFilter } from './compile.ts'
import { FilterError } from './filter-error.ts'
import { parseFilter } from './parse.ts'

const record = {
  topic: 'orders',
  partition: 3,
  offset: 1000,
  timestamp: Date.parse('2026-01-02T12:00:00Z'),
  key: 'user-42',
  value: { id: '42', total: 12.5, tags: ['new', 'eu'], user: { name: 'Ada', mail: null }, 'a b': [1, 2] },
  headers: { trace: 'abc', 'content-type': 'json' },
  size: 100,
}

const test = (source: string) => compileFilter(parseFilter(source), text => Date.parse(text))(record)

describe('a filter', () => {
  it('compares the parts of a record', () => {
    for (const source of [
      'value.total > 12',
      'value.total == 12.5 && partition == 3',
      'value.id == 42',
      "value.id == '42'",
      'key =~ /^USER-\\d+$/i',
      'key !~ /^admin/',
      "value.user.name == 'Ada' or false",
      "not (value.user.name == 'Bob')",
      "value.tags contains 'eu'",
      "'new' in value.tags",
      'partition in [1, 2, 3]',
      "headers.trace == 'abc' and headers['content-type'] == \"json\"",
      'headers.content-type == "json"',
      "timestamp >= '2026-01-02' && timestamp < '2026-01-03'",
      'value["a b"][1] == 2',
      'offset % 100 == 0',
      '-1 + 2 * 3 == 5',
      'value.user.mail == null && value.user.phone == null && exists(value.user.mail)',
      'length(value.tags) == 2 && length(key) == 7',
      "startsWith(lower(topic), 'ord') && endsWith(key, '42')",
      'value.tags',
      'value.tags.length == 2',
    ])
      expect(test(source), source).toBe(true)
  })

  it('is not met by what is missing or has another type', () => {
    for (const source of [
      'value.nothing',
      'value.nothing > 0',
      'value.nothing < 0',
      "value.user > 'A'",
      'exists(value.user.phone)',
      'value.total.constructor',
      'value.__proto__',
      'headers.toString',
    ])
      expect(test(source), source).toBe(false)
  })

  it('is read as the guide and the commands’ examples write it', () => {
    const guide = readFileSync(new URL('../../../../docs/guides/records.md', import.meta.url), 'utf8')
    const lines = [...consumeCommand.examples, ...topicsCopy.examples].map(([line]) => line)
    const filters = [...`${guide}\n${lines.join('\n')}`.matchAll(/--filter (["'])(.*?)\1(?:\s|$)/gm)]
    expect(filters.length).toBeGreaterThan(5)
    for (const [, , source] of filters) {
      const test = compileFilter(parseFilter(source!), text => timeOf(text, Date.now())!)
      expect(() => test(record), source).not.toThrow()
    }
  })

  it('shows where it is wrong', () => {
    for (const [source, what, column] of [
      ['value.total >', 'A value was expected.', 13],
      ['vlaue == 1', "'vlaue' is no part of a record; did you mean value?", 0],
      ['value = 1', "'==' compares.", 6],
      ["key == 'a", 'This text has no end.', 7],
      ['key =~ /(/', 'Invalid regular expression', 7],
      ['(partition == 1', "')' was expected.", 15],
      ['exit(1)', "'exit' is no function", 0],
      ['length(key, 1)', 'Length takes 1 argument.', 0],
      ['partition ? 1', "'?' has no meaning here.", 10],
      [`${'('.repeat(500)}1`, 'This is nested too deeply.', 200],
      [`1${'+1'.repeat(5000)}`, 'This is too long.', 0],
    ] as const) {
      expect(() => test(source), source).toThrow(FilterError)
      expect(() => test(source), source).toThrow(what)
      expect(() => test(source), source).toThrow(new RegExp(`\\n  ${' '.repeat(column)}\\^$`))
    }
  })

  it('either compiles or says what is wrong, whatever it is given', () => {
    const word = fc.constantFrom(
      ...[
        'value',
        '.a',
        '==',
        '(',
        ')',
        '[',
        ']',
        '1',
        "'x'",
        '/a/',
        '=~',
        '!',
        '-',
        'in',
        'and',
        ',',
        'length',
        '"',
      ],
    )
    fc.assert(
      fc.property(
        fc.array(word).map(words => words.join(' ')),
        source => {
          try {
            test(source)
          } catch (error) {
            expect(error).toBeInstanceOf(FilterError)
          }
        },
      ),
    )
  })
})
