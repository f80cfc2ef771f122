import fc from 'fast-check'
import { describe, expect, expectTypeOf, it } from 'vitest'
import {
  type ConfigOf,
  type ConfigRow,
  LONG_MAX,
  allowedText,
  boolean,
  bytes,
  configTable,
  defaultsOf,
  double,
  duration,
  enumeration,
  firstProblem,
  formatValue,
  int,
  list,
  parseConfig,
  parseValue,
  password,
  short,
  string,
} from './index.ts'

const low = { importance: 'low', doc: 'For the test.' } as const
const table = configTable({
  'retention.ms': duration({ default: 7, min: -1, ...low }),
  'segment.bytes': int({ default: 1, min: 1, max: 100, unit: 'bytes', ...low }),
  'refresh.seconds': short({ default: 300, ...low }),
  'dirty.ratio': double({ default: 0.5, min: 0, max: 1, ...low }),
  'gzip.level': int({ default: -1, min: 1, max: 9, orElse: -1, ...low }),
  'log.retention.bytes': bytes({ default: LONG_MAX, ...low }),
  policy: list({ default: ['delete'], values: ['compact', 'delete'], ...low }),
  names: list({ default: [], ...low }),
  type: enumeration({ default: 'CreateTime', values: ['CreateTime', 'LogAppendTime'], ...low }),
  migration: enumeration({ default: 'both', values: ['both', 'none'], anyCase: true, ...low }),
  rack: string({ default: null, ...low }),
  prefix: string({ default: 'a.', nonEmpty: true, ...low }),
  preallocate: boolean({ default: false, ...low }),
  'key.password': password({ default: null, ...low }),
  replicas: list({
    default: [],
    rule: { allowed: 'numbers', accepts: all => all.every(one => /^\d+$/.test(one)) },
    ...low,
  }),
})

function problemOf(key: keyof typeof table, text: string): string | undefined {
  return parseConfig(table, { [key]: text }).problems[0]?.message
}

describe('a configuration table', () => {
  it('gives each key the type of its row', () => {
    type Config = ConfigOf<typeof table>
    expectTypeOf<Config['retention.ms']>().toEqualTypeOf<number>()
    expectTypeOf<Config['policy']>().toEqualTypeOf<readonly ('compact' | 'delete')[]>()
    expectTypeOf<Config['names']>().toEqualTypeOf<readonly string[]>()
    expectTypeOf<Config['type']>().toEqualTypeOf<'CreateTime' | 'LogAppendTime'>()
    expectTypeOf<Config['rack']>().toEqualTypeOf<string | null>()
    expectTypeOf<Config['prefix']>().toEqualTypeOf<string>()
    expectTypeOf<Config['preallocate']>().toEqualTypeOf<boolean>()
  })

  it('parses every type as Kafka writes it', () => {
    const { values, problems } = parseConfig(table, {
      'retention.ms': ' -1 ',
      'segment.bytes': '+42',
      'dirty.ratio': '2.5e-1',
      'gzip.level': '-1',
      policy: 'compact , delete, compact',
      names: '',
      type: 'LogAppendTime',
      migration: 'NONE',
      preallocate: 'TRUE',
      'key.password': ' secret ',
    })
    expect(problems).toEqual([])
    expect(values).toEqual({
      ...defaultsOf(table),
      'retention.ms': -1,
      'segment.bytes': 42,
      'dirty.ratio': 0.25,
      'gzip.level': -1,
      policy: ['compact', 'delete'],
      names: [],
      type: 'LogAppendTime',
      migration: 'none',
      preallocate: true,
      'key.password': 'secret',
    })
  })

  it('starts from the given base instead of the defaults', () => {
    const base = { ...defaultsOf(table), rack: 'a' }
    expect(parseConfig(table, { prefix: 'p.' }, base).values).toEqual({ ...base, prefix: 'p.' })
  })

  it.each([
    ['retention.ms', '-2', 'retention.ms: -2 is too small. Allowed: a whole number of at least -1.'],
    [
      'retention.ms',
      '7d',
      "retention.ms: '7d' is not a whole number of milliseconds (7d is written 604800000). Allowed: a whole number of at least -1.",
    ],
    ['retention.ms', '', 'retention.ms: is empty. Allowed: a whole number of at least -1.'],
    [
      'retention.ms',
      '9223372036854775808',
      'retention.ms: 9223372036854775808 does not fit in 64 bits. Allowed: a whole number of at least -1.',
    ],
    [
      'segment.bytes',
      '1 kb',
      "segment.bytes: '1 kb' is not a whole number of bytes (1 kb is written 1024). Allowed: a whole number from 1 to 100.",
    ],
    [
      'segment.bytes',
      '2147483648',
      'segment.bytes: 2147483648 does not fit in 32 bits. Allowed: a whole number from 1 to 100.',
    ],
    ['refresh.seconds', '40000', 'refresh.seconds: 40000 does not fit in 16 bits. Allowed: a whole number.'],
    ['dirty.ratio', '1.5', 'dirty.ratio: 1.5 is too large. Allowed: a number from 0 to 1.'],
    ['dirty.ratio', 'half', "dirty.ratio: 'half' is not a number. Allowed: a number from 0 to 1."],
    ['gzip.level', '0', 'gzip.level: 0 is too small. Allowed: a whole number from 1 to 9, or -1.'],
    [
      'policy',
      'delete,keep',
      "policy: 'keep' is not known here. Allowed: any of compact, delete, separated by commas.",
    ],
    [
      'names',
      'a,,b',
      'names: the list has an empty element (a comma too many). Allowed: a list separated by commas.',
    ],
    [
      'type',
      'createtime',
      "type: 'createtime' is not known here. Allowed: one of CreateTime, LogAppendTime.",
    ],
    ['prefix', ' ', 'prefix: is empty. Allowed: a non-empty text.'],
    ['preallocate', 'yes', "preallocate: 'yes' is neither true nor false. Allowed: true or false."],
    ['replicas', '1,x', "replicas: '1,x' is not allowed. Allowed: numbers."],
  ] as const)('refuses %s=%s and says what is allowed', (key, text, message) => {
    expect(problemOf(key, text)).toBe(message)
  })

  it('keeps the base value of a key whose text is wrong, and goes on', () => {
    const { values, problems } = parseConfig(table, { 'retention.ms': 'x', rack: 'r' })
    expect(values['retention.ms']).toBe(7)
    expect(values.rack).toBe('r')
    expect(problems).toHaveLength(1)
  })

  it('names the nearest key for an unknown one', () => {
    expect(parseConfig(table, { 'retention_ms ': '1' }).problems).toEqual([
      {
        kind: 'unknown-key',
        key: 'retention_ms ',
        text: '1',
        message: "'retention_ms ' is not a configuration key. Did you mean 'retention.ms'?",
        nearest: 'retention.ms',
      },
    ])
  })

  it('finds the first problem alone, without looking at what follows', () => {
    expect(firstProblem(table, { rack: 'r', 'retention.ms': 'x', other: '1' })).toEqual(
      parseConfig(table, { 'retention.ms': 'x' }).problems[0],
    )
    expect(firstProblem(table, { rack: 'r' })).toBeUndefined()
  })

  it('does not take names of Object.prototype for keys', () => {
    const { problems } = parseConfig(table, { constructor: '1', toString: '2' } as unknown as Record<
      string,
      string
    >)
    expect(problems.map(problem => problem.kind)).toEqual(['unknown-key', 'unknown-key'])
  })

  it('formats a value so that parsing gives it again', () => {
    const cases: [ConfigRow<unknown>, fc.Arbitrary<unknown>][] = [
      [table['retention.ms'] as ConfigRow<unknown>, fc.integer({ min: -1, max: LONG_MAX })],
      [
        table['dirty.ratio'] as ConfigRow<unknown>,
        fc.double({ min: 0, max: 1, noNaN: true }).map(x => x + 0),
      ],
      [table.policy as ConfigRow<unknown>, fc.subarray(['compact', 'delete'])],
      [table.preallocate as ConfigRow<unknown>, fc.boolean()],
    ]
    for (const [row, values] of cases) {
      fc.assert(
        fc.property(values, value => {
          expect(parseValue(row, formatValue(row, value)!)).toEqual({ value: value === 0 ? 0 : value })
        }),
      )
    }
  })
})

describe('formatting a value', () => {
  const number = (row: ConfigRow<number>, value: number) => formatValue(row, value)

  it('prints the largest long as Java does', () => {
    expect(number(table['log.retention.bytes'], LONG_MAX)).toBe('9223372036854775807')
    expect(parseValue(table['log.retention.bytes'], '9223372036854775807')).toEqual({ value: LONG_MAX })
  })

  it.each([
    [0.5, '0.5'],
    [1, '1.0'],
    [0, '0.0'],
    [1e7, '1.0E7'],
    [123456.5, '123456.5'],
    [0.0001, '1.0E-4'],
    [Number.MAX_VALUE, '1.7976931348623157E308'],
  ])('prints the double %d as Java does', (value, text) => {
    expect(number(table['dirty.ratio'], value)).toBe(text)
  })

  it('keeps null apart from the empty text', () => {
    expect(formatValue(table.rack, null)).toBeNull()
    expect(formatValue(table.rack, '')).toBe('')
    expect(formatValue(table.names, [])).toBe('')
  })
})

describe('a password', () => {
  it('appears in no problem', () => {
    const secret = password({
      default: null,
      nonEmpty: true,
      ...low,
      rule: { allowed: 'PEM', accepts: () => false },
    })
    const { problems } = parseConfig(configTable({ secret }), { secret: 'hunter2' })
    expect(JSON.stringify(problems)).not.toContain('hunter2')
    expect(problems[0]?.message).toBe('secret: the value is not allowed. Allowed: PEM.')
  })
})

describe('what is allowed', () => {
  it('writes the largest long as digits, not as a safe integer', () => {
    expect(allowedText(bytes({ default: 0, max: LONG_MAX, ...low }))).toBe(
      'a whole number of at most 9223372036854775807',
    )
  })
})
