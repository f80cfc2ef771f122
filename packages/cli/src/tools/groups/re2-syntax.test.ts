import { describe, expect, it } from 'vitest'
import { re2Problem } from './re2-syntax.ts'

// What the library said that Kafka's brokers and tools match with (re2j), for each of these.
const said: readonly (readonly [regex: string, problem?: string])[] = [
  ['a.*'],
  ['a{2'],
  ['a{,2}'],
  ['a+?'],
  ['a??'],
  ['(?<n>a)'],
  ['(?i)a'],
  ['(?i:a)'],
  ['()'],
  ['[]a]'],
  ['[[:alpha:]]'],
  ['\\p{Greek}'],
  ['\\Qa*\\E'],
  ['(a{1000}){2}'],
  ['\\_'],
  ['\\z'],
  ['^*'],
  ['(a', 'missing closing )'],
  ['[a', 'missing closing ]'],
  ['[^]', 'missing closing ]'],
  ['a**', 'invalid nested repetition operator'],
  ['a++', 'invalid nested repetition operator'],
  ['x{2}{3}', 'invalid nested repetition operator'],
  ['x**?', 'invalid nested repetition operator'],
  ['*a', 'missing argument to repetition operator'],
  ['a|*', 'missing argument to repetition operator'],
  ['(*)', 'missing argument to repetition operator'],
  ['a{1001}', 'invalid repeat count'],
  ['a{2,1}', 'invalid repeat count'],
  ['\\', 'trailing backslash at end of expression'],
  ['[\\', 'trailing backslash at end of expression'],
  ['\\8', 'invalid escape sequence'],
  ['\\1', 'invalid escape sequence'],
  ['\\C', 'invalid escape sequence'],
  ['\\Z', 'invalid escape sequence'],
  ['\\xZ', 'invalid escape sequence'],
  ['\\x{110000}', 'invalid escape sequence'],
  ['[a-\\d]', 'invalid escape sequence'],
  ['[z-a]', 'invalid character class range'],
  ['\\pX', 'invalid character class range'],
  ['[[:foo:]]', 'invalid character class range'],
  ['(?P<n>a)(?P<n>b)', 'duplicate capture group name'],
  ['(?P<n', 'invalid named capture'],
  ['(?P<>a)', 'invalid named capture'],
  ['(?=a)', 'invalid or unsupported Perl syntax'],
  ['(?z)', 'invalid or unsupported Perl syntax'],
  ['(?i', 'invalid or unsupported Perl syntax'],
  ['(?', 'invalid or unsupported Perl syntax'],
  ['(?P=n)', 'invalid or unsupported Perl syntax'],
]

describe('a regular expression', () => {
  it.each(said.map(([regex, problem]) => ({ regex, problem })))(
    '$regex is judged as RE2 judges it',
    ({ regex, problem }) => {
      expect(re2Problem(regex)).toBe(problem)
    },
  )

  it('is told of a bracket that closes nothing', () => {
    expect(re2Problem('a)')).toBe('unexpected )')
  })
})
