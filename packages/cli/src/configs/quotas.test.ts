import { describe, expect, it } from 'vitest'
import { entityText } from './quotas.ts'

describe('quotas', () => {
  it('tell whom they bind', () => {
    const quota = (entity: Record<string, string | null>) => ({ entity, values: {} })
    expect(entityText(quota({ 'client-id': null, user: 'alice' }))).toBe(
      "user-principal 'alice', the default client-id",
    )
    expect(entityText(quota({ ip: null }))).toBe('the default ip')
  })
})
