import { expect, test } from 'vitest'
import { type ErrorName, errorCodeOf, errorNameOf, errors } from './errors.ts'

test('the codes have no gaps, so that a code finds its name', () => {
  const names = Object.keys(errors) as ErrorName[]
  expect(names.map(errorCodeOf)).toEqual(names.map((_, i) => i - 1))
  for (const name of names) expect(errorNameOf(errorCodeOf(name))).toBe(name)
})

test('a code from a newer release reads as an unknown error', () => {
  expect(errorNameOf(32_000)).toBe('UNKNOWN_SERVER_ERROR')
  expect(errorNameOf(-32_000)).toBe('UNKNOWN_SERVER_ERROR')
})
