import { describe, expect, it } from 'vitest'
import { CompactionLedger } from './compaction-ledger.ts'
import { Ledger } from './ledger.ts'
import { recordValue } from './record-value.ts'
import { RetentionLedger } from './retention-ledger.ts'
import type { Invariant } from './violation.ts'

// What the checkers of compacted and of expiring topics have to notice.

const DELETE_RETENTION_MS = 100
const value = (number: number) => recordValue('w', number, 20)

function expectBroken(invariant: Invariant, act: () => void): void {
  expect(act).toThrow(expect.objectContaining({ name: 'Violation', invariant }))
}

/** A partition of one key, in which record i was written at time i to offset i; every fifth is a tombstone. */
function compacted(count: number, keys = 1): { ledger: Ledger; compaction: CompactionLedger } {
  const rules = {
    keys,
    deleteRetentionMs: DELETE_RETENTION_MS,
    minLagMs: 10,
    isPrompt: true,
    segmentBytes: 100,
  }
  const compaction = new CompactionLedger(rules, () => {})
  const ledger = new Ledger('keyed', 0, false, { compaction })
  ledger.addWriter('w', true)
  for (let number = 0; number < count; number++) {
    ledger.sent('w', number, number, 20)
    ledger.acknowledge([value(number)], number, 'all', 0)
  }
  return { ledger, compaction }
}

function lap(
  { ledger, compaction }: ReturnType<typeof compacted>,
  met: number[],
  startMs: number,
  endMs: number,
) {
  const begun = compaction.beginLap(ledger.promised(), startMs)
  for (const offset of met) compaction.meet(begun, offset, value(offset))
  return compaction.endLap(begun, 0, 1000, endMs)
}

describe('the ledger of a compacted partition', () => {
  it('misses the newest record of a key, not the ones it replaces', () => {
    expect(lap(compacted(3), [2], 50, 50)).toBe(undefined)
    expect(lap(compacted(3), [0, 1], 50, 50)).toMatch(/w:2 at 2 is the newest, and is gone/)
  })

  it('accepts a newer one that is not known of, and that what acks=1 acknowledged went with a power cut', () => {
    expect(lap(compacted(3), [3], 50, 50)).toBe(undefined)
    const cut = compacted(2)
    cut.ledger.sent('w', 2, 2, 20)
    cut.ledger.acknowledge([value(2)], 2, 'leader', 0)
    const begun = cut.compaction.beginLap(cut.ledger.promised(), 50)
    cut.ledger.powerCut()
    cut.compaction.meet(begun, 1, value(1))
    expect(cut.compaction.endLap(begun, 0, 1000, 50)).toBe(undefined)
  })

  it('misses a tombstone until its time is over, and notices what should have gone before it', () => {
    expect(lap(compacted(4), [], 50, 50)).toMatch(/w:3 at 3 is the newest/)
    expect(lap(compacted(4), [], 150, 150)).toBe(undefined)
    expect(lap(compacted(4), [1], 150, 150)).toMatch(
      /was deleted at 3; the marker is gone, and 1 are still there/,
    )
  })

  it('notices a record that is gone too early, one that is there again, and one that changed its place', () => {
    expectBroken('compacted', () => compacted(3).ledger.passOver(0, 1, 5))
    const { ledger } = compacted(3)
    const { asOf } = ledger
    ledger.passOver(0, 1, 50)
    // An answer that was longer under way.
    ledger.serve({ offset: 0, value: value(0) }, asOf)
    expectBroken('compacted', () => ledger.serve({ offset: 0, value: value(0) }))
    expectBroken('once', () => compacted(3).ledger.serve({ offset: 7, value: value(1) }))
    expectBroken('served', () => new Ledger('orders', 0, false).passOver(0, 1, 50))
  })

  it('notices records that stay although a newer one replaces them before the growing segment', () => {
    const { compaction } = compacted(3)
    const records = [0, 1, 2].map(offset => ({ offset, value: value(offset) }))
    expect(compaction.leftOver(records, 2)).toMatch(/w:0 at 0 is there, and w:1 at 1/)
    expect(compaction.leftOver(records, 1)).toBe(undefined)
  })
})

function expiring(retentionMs: number, retentionBytes: number): Ledger {
  const rules = { retentionMs, retentionBytes, segmentBytes: 100, isPrompt: true }
  const retention = new RetentionLedger(rules, () => {})
  const ledger = new Ledger('aging', 0, false, { retention })
  ledger.addWriter('w', true)
  for (let number = 0; number < 5; number++) {
    ledger.sent('w', number, number, 20)
    ledger.acknowledge([value(number)], number, 'all', 0)
  }
  return ledger
}

describe('the ledger of an expiring partition', () => {
  it('accepts that records go which are too old, and no younger ones', () => {
    expiring(100, -1).tellStart(3, 0, 103)
    expectBroken('retained', () => expiring(100, -1).tellStart(3, 0, 102))
  })

  it('accepts that records go which are too many, when enough is left', () => {
    const ledger = expiring(-1, 1000)
    ledger.tellStart(3, 0, 5)
    ledger.auditSize(1000, [], 0)
    expectBroken('retained', () => ledger.auditSize(999, [], 0))
    ledger.deletableBefore = 3
    ledger.tellStart(3, 3, 5)
    ledger.auditSize(10, [], 0)
  })

  it('notices records that are too old or too many and stay', () => {
    expectBroken('expired', () => expiring(100, -1).auditSize(10, [], 601))
    expiring(100, -1).auditSize(0, [], 601)
    expectBroken('expired', () => expiring(-1, 1000).auditSize(3001, [], 0))
  })

  it('notices a start that goes back', () => {
    const ledger = expiring(100, -1)
    ledger.tellStart(3, 0, 500)
    ledger.tellStart(2, 0, 500)
    expectBroken('startKept', () => ledger.tellStart(2, ledger.toldStart, 500))
  })
})
