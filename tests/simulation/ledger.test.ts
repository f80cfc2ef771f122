import { describe, expect, it } from 'vitest'
import { Ledger } from './ledger.ts'
import { recordValue } from './record-value.ts'
import type { Invariant } from './violation.ts'

// The simulation is worth what its checker notices: here is each thing it has to notice.

const value = (number: number, writer = 'w') => recordValue(writer, number, 20)

function ledger(options: { isCached?: boolean; isRetrying?: boolean } = {}): Ledger {
  const made = new Ledger('orders', 0, options.isCached ?? false)
  made.addWriter('w', options.isRetrying ?? true)
  for (let number = 0; number < 10; number++) made.sent('w', number)
  return made
}

/** A log with these records, by number, from `start` on. */
const log = (numbers: readonly number[], start = 0) =>
  numbers.map((number, i) => ({ offset: start + i, value: value(number) }))

function expectBroken(invariant: Invariant, act: () => void): void {
  expect(act).toThrow(expect.objectContaining({ name: 'Violation', invariant }))
}

describe('the ledger of a partition', () => {
  it('is content with what was promised, and with more', () => {
    const kept = ledger()
    kept.acknowledge([value(0), value(1)], 0, 'all', 0)
    kept.serve({ offset: 1, value: value(1) })
    kept.powerCut()
    kept.audit(0, log([0, 1, 2]))
  })

  it('misses what acks=all acknowledged, also after a power cut', () => {
    const lost = ledger()
    lost.acknowledge([value(0), value(1)], 0, 'all', 0)
    lost.powerCut()
    expectBroken('acknowledgedByAll', () => lost.audit(0, log([0])))
  })

  it('misses what acks=1 acknowledged, unless power was cut since', () => {
    const lost = ledger()
    lost.acknowledge([value(0)], 0, 'leader', 0)
    expectBroken('acknowledgedByLeader', () => lost.audit(0, []))
    lost.powerCut()
    lost.audit(0, [])
  })

  it('misses what a caching topic acknowledged, unless power was cut since, and not what an old answer says', () => {
    const lost = ledger({ isCached: true })
    lost.acknowledge([value(0)], 0, 'all', 0)
    expectBroken('acknowledgedCached', () => lost.audit(0, []))
    lost.powerCut()
    lost.acknowledge([value(0)], 0, 'all', 0)
    lost.audit(0, [])
  })

  it('misses after a power cut what was acknowledged before an orderly stop', () => {
    const lost = ledger()
    lost.acknowledge([value(0)], 0, 'leader', 0)
    lost.stoppedInOrder()
    lost.powerCut()
    expectBroken('stoppedInOrder', () => lost.audit(0, []))
  })

  it('misses what was served, whatever the acks, and notices when it changes', () => {
    const lost = ledger()
    lost.serve({ offset: 0, value: value(0) })
    lost.powerCut()
    expectBroken('served', () => lost.audit(0, []))
    expectBroken('served', () => lost.serve({ offset: 0, value: value(1) }))
    expectBroken('served', () => lost.acknowledge([value(1)], 0, 'all', 1))
    expect(lost.mayEndBefore(1)).toBe(false)
    expect(lost.mayEndBefore(2)).toBe(true)
  })

  it('accepts that the start moves as far as someone deleted, not further', () => {
    const cut = ledger()
    cut.acknowledge([value(0), value(1), value(2)], 0, 'all', 0)
    cut.deletableBefore = 2
    cut.audit(2, log([2], 2))
    expectBroken('served', () => cut.audit(3, []))
  })

  it('notices records that are doubled, out of order, left out, or not sent', () => {
    expectBroken('once', () => ledger().audit(0, log([0, 1, 1])))
    expectBroken('inOrder', () => ledger({ isRetrying: false }).audit(0, log([0, 2, 1])))
    expectBroken('withoutGaps', () => ledger().audit(0, log([0, 2])))
    expectBroken('written', () => ledger().audit(0, log([10])))
    expectBroken('written', () => ledger().audit(0, [{ offset: 0, value: value(0, 'stranger') }]))
    ledger({ isRetrying: false }).audit(0, log([0, 2]))
  })

  it('notices an end that is lower than one told before the question', () => {
    const shrunk = ledger()
    shrunk.tellEnd(5, 0, 0)
    shrunk.tellEnd(4, 0, 0)
    expectBroken('endKept', () => shrunk.tellEnd(4, shrunk.toldEnd, 0))
  })
})
