import { describe, expect, it } from 'vitest'
import { CommittedOffsets } from './committed-offsets.ts'
import { GroupLedger } from './group-ledger.ts'
import { History } from './history.ts'
import type { Invariant } from './violation.ts'

// What the checkers of groups have to notice.

function expectBroken(invariant: Invariant, act: () => void): void {
  expect(act).toThrow(expect.objectContaining({ name: 'Violation', invariant }))
}

const newHistory = () => new History(() => 0)
const dynamic = (memberId: string) => ({ memberId, instanceId: null })
const fixed = (memberId: string) => ({ memberId, instanceId: 'i' })
const part = (...partitions: number[]) => ({ token: 't', partitions })

describe('the ledger of a group', () => {
  const newGroup = () => new GroupLedger('team', 'shared', 3, newHistory())

  it('notices two owners of a partition in one generation, and two assignments', () => {
    const group = newGroup()
    group.assigned(1, dynamic('a'), part(0, 1))
    group.assigned(1, dynamic('b'), part(2))
    group.assigned(2, dynamic('b'), part(0))
    expectBroken('oneOwner', () => group.assigned(1, dynamic('b'), part(1)))
    expectBroken('oneAssignment', () => group.assigned(1, dynamic('c'), { token: 'u', partitions: [] }))
  })

  it('accepts that a static member goes on for its former self, which is fenced then', () => {
    const group = newGroup()
    group.assigned(1, fixed('old'), part(0))
    group.assigned(1, fixed('new'), part(0))
    expect(group.isFenced('old')).toBe(true)
    // An answer that was longer under way.
    group.assigned(1, fixed('old'), part(0))
    expect(group.isFenced('new')).toBe(false)
    expectBroken('fenced', () => group.served('Heartbeat', 1, 'old', 1, true))
  })

  it('notices that a generation is served after a newer one', () => {
    newGroup().served('OffsetCommit', 2, 'a', 2, false)
    expectBroken('generationsRise', () => newGroup().served('OffsetCommit', 1, 'a', 2, false))
  })
})

describe('the committed offsets of a partition', () => {
  it('are the last one accepted, of several at once any', () => {
    const offsets = new CommittedOffsets('team/0', newHistory())
    offsets.check(-1, offsets.time)
    const [a, b] = [offsets.attempt(1), offsets.attempt(2)]
    offsets.accepted(a)
    offsets.accepted(b)
    offsets.check(1, offsets.time)
    offsets.check(2, offsets.time)
    const c = offsets.attempt(3)
    offsets.check(3, offsets.time)
    offsets.accepted(c)
    expectBroken('offsetsKept', () => offsets.check(2, offsets.time))
  })

  it('are none that was refused', () => {
    const offsets = new CommittedOffsets('team/0', newHistory())
    offsets.refused(offsets.attempt(1))
    expectBroken('offsetsKept', () => offsets.check(1, offsets.time))
  })

  it('may be one that was not answered, until its process ended and another was accepted', () => {
    const history = newHistory()
    const offsets = new CommittedOffsets('team/0', history)
    offsets.unanswered(offsets.attempt(1))
    offsets.accepted(offsets.attempt(2))
    offsets.check(1, offsets.time)
    history.figures.lives++
    offsets.check(2, offsets.time)
    offsets.accepted(offsets.attempt(3))
    expectBroken('offsetsKept', () => offsets.check(1, offsets.time))
  })
})
