import type { ErrorName } from '@samsa/protocol'
import { describe, expect, test } from 'vitest'
import { PendingAppends } from './pending-appends.ts'

function pendingAppends() {
  const told: string[] = []
  const pending = new PendingAppends(error => {
    told.push(`failed ${error}`)
    pending.clear(error)
  })
  const hold = (groupId: string, name: string) =>
    pending.hold(groupId, { give: () => told.push(name), fail: error => told.push(`${name} ${error}`) })
  return { pending, hold, told }
}

function gate() {
  let settle: (error: ErrorName) => void = () => {}
  const safe = new Promise<ErrorName>(resolve => {
    settle = resolve
  })
  const open = async (error: ErrorName = 'NONE') => {
    settle(error)
    await safe
    await Promise.resolve()
  }
  return { safe, open }
}

describe('an answer', () => {
  test('is given at once when nothing about its group is being written', () => {
    const { pending, hold, told } = pendingAppends()
    pending.add('h', gate().safe)
    hold('g', 'answer')
    expect(told).toEqual(['answer'])
  })

  test('waits for the last append about its group, its own or an earlier one', async () => {
    const { pending, hold, told } = pendingAppends()
    const [first, second] = [gate(), gate()]
    pending.add('g', first.safe)
    hold('g', 'a')
    pending.add('g', second.safe)
    hold('g', 'b')
    await first.open()
    expect(told).toEqual(['a'])
    await second.open()
    expect(told).toEqual(['a', 'b'])
    expect(pending.isEmpty).toBe(true)
  })

  test('is not given before the appends before its own are safe', async () => {
    const { pending, hold, told } = pendingAppends()
    const [first, second] = [gate(), gate()]
    pending.add('g', first.safe)
    pending.add('h', second.safe)
    hold('h', 'h')
    await second.open()
    expect(told).toEqual([])
    await first.open()
    expect(told).toEqual(['h'])
  })

  test('fails when an append it rests on, or one before, turns out not to be safe', async () => {
    const { pending, hold, told } = pendingAppends()
    const [first, second] = [gate(), gate()]
    pending.add('g', first.safe)
    hold('g', 'g')
    pending.add('h', second.safe)
    hold('h', 'h')
    await first.open('KAFKA_STORAGE_ERROR')
    expect(told).toEqual(['failed KAFKA_STORAGE_ERROR', 'g KAFKA_STORAGE_ERROR', 'h KAFKA_STORAGE_ERROR'])
    await second.open()
    expect(told).toHaveLength(3)
  })

  test('about an append that is known to be lost at once fails only after the decision is done', async () => {
    const { pending, hold, told } = pendingAppends()
    pending.add('g', 'KAFKA_STORAGE_ERROR')
    hold('g', 'g')
    expect(told).toEqual([])
    await Promise.resolve()
    await Promise.resolve()
    expect(told).toEqual(['failed KAFKA_STORAGE_ERROR', 'g KAFKA_STORAGE_ERROR'])
  })
})
