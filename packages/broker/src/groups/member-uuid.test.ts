import { simulatedWorld } from '@samsa/base'
import { expect, test } from 'vitest'
import { memberUuid } from './member-uuid.ts'

test('member ids end with a UUID of version 4', () => {
  const { random } = simulatedWorld(1)
  const [first, second] = [memberUuid(random), memberUuid(random)]
  expect(first).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  expect(second).not.toBe(first)
})
