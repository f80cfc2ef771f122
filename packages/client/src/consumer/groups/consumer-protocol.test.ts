import { clientAssignors } from '@samsa/coordinators'
import { describe, expect, it } from 'vitest'
import { clientErrors } from '../../errors.ts'
import { remedyOf } from './classic-errors.ts'
import {
  assignorsOf,
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
  rebalanceOf,
} from './consumer-protocol.ts'

const own = {
  topics: ['b', 'a'],
  owned: [
    { topic: 'a', partition: 0 },
    { topic: 'a', partition: 2 },
  ],
  generationId: 7,
  rackId: 'r',
  previous: undefined,
}

describe('the protocol of consumers', () => {
  it('says what a member subscribes to and has', () => {
    for (const assignor of clientAssignors) {
      expect(decodeSubscription(encodeSubscription(own, assignor), 'name')).toMatchObject({
        topics: ['a', 'b'],
        ownedPartitions: own.owned,
        generationId: 7,
        groupInstanceId: 'name',
        rackId: 'r',
      })
    }
  })

  it('says what a member is assigned; no bytes are nothing', () => {
    expect(decodeAssignment(encodeAssignment(own.owned))).toEqual(own.owned)
    expect(decodeAssignment(new Uint8Array(0))).toEqual([])
  })

  it('knows assignors by their names and by those of Java', () => {
    const strategy = ['range', 'class org.apache.kafka.clients.consumer.CooperativeStickyAssignor']
    expect(assignorsOf(strategy).map(({ name }) => name)).toEqual(['range', 'cooperative-sticky'])
    expect(() => assignorsOf(['best'])).toThrow(/cooperative-sticky/)
    expect(() => assignorsOf([])).toThrow(/at least one/)
  })

  it('is cooperative when all assignors are', () => {
    expect(rebalanceOf(assignorsOf(['cooperative-sticky']))).toBe('cooperative')
    expect(rebalanceOf(assignorsOf(['cooperative-sticky', 'range']))).toBe('eager')
  })
})

describe('errors of a group', () => {
  it('each have a remedy, and what is not told of is for the application', () => {
    expect(remedyOf('MEMBER_ID_REQUIRED')).toBe('take id')
    expect(remedyOf('REBALANCE_IN_PROGRESS')).toBe('rejoin')
    expect(remedyOf('ILLEGAL_GENERATION')).toBe('new generation')
    expect(remedyOf('UNKNOWN_MEMBER_ID')).toBe('start over')
    expect(remedyOf('NOT_COORDINATOR')).toBe('find coordinator')
    expect(remedyOf('COORDINATOR_LOAD_IN_PROGRESS')).toBe('again')
    expect(remedyOf('FENCED_INSTANCE_ID')).toBe('fatal')
    expect(remedyOf('GROUP_AUTHORIZATION_FAILED')).toBe('fatal')
    for (const code of Object.keys(clientErrors)) expect(remedyOf(code as never)).toBeTypeOf('string')
  })
})
