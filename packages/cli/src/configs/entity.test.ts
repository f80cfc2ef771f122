import { describe, expect, it } from 'vitest'
import { type EntityOptions, entitiesOf } from './entity.ts'

const none: EntityOptions = { 'entity-type': [], 'entity-name': [] }

describe('what a command line names', () => {
  it('is told by type and name, or by an option for both', () => {
    const topic = { types: ['topics'], names: ['orders'] }
    expect(entitiesOf({ 'entity-type': ['topics'], 'entity-name': ['orders'] })).toEqual(topic)
    expect(entitiesOf({ ...none, topic: 'orders' })).toEqual(topic)
    expect(entitiesOf({ ...none, 'broker-defaults': true })).toEqual({ types: ['brokers'], names: [''] })
  })

  it('is users and clients together, or one kind', () => {
    expect(entitiesOf({ ...none, user: 'alice', client: 'app' })).toEqual({
      types: ['clients', 'users'],
      names: ['app', 'alice'],
    })
    expect(entitiesOf({ ...none, user: 'alice', 'client-defaults': true })).toEqual({
      types: ['users', 'clients'],
      names: ['alice', ''],
    })
    expect(() => entitiesOf({ ...none, topic: 'a', broker: '1' })).toThrow('may be specified together')
  })

  it.each([
    [{}, 'At least one entity type'],
    [{ 'entity-type': ['topic'] }, 'Invalid entity type topic, the entity type must be one of topics, '],
    [{ 'entity-type': ['users', 'users'] }, 'Duplicate entity type(s) specified: users'],
    [{ 'entity-type': ['users'], client: 'app' }, 'should not be used in conjunction'],
  ])('refuses %j', (given, message) => {
    expect(() => entitiesOf({ ...none, ...given })).toThrow(message)
  })
})
