import { type SimulatedWorld, simulatedWorld } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import type { ClientConnection } from '../handler.ts'
import type { AdvanceListener, Partition } from '../partitions/partition.ts'
import { waitForBytes } from './fetch-wait.ts'

/** As much of a partition as a waiting Fetch sees. */
class WatchedPartition implements Pick<Partition, 'listen' | 'unlisten'> {
  readonly listeners = new Set<AdvanceListener>()
  listen(listener: AdvanceListener): void {
    this.listeners.add(listener)
  }
  unlisten(listener: AdvanceListener): void {
    this.listeners.delete(listener)
  }
  advance(byteCount: number): void {
    for (const listener of [...this.listeners]) listener.advanced(byteCount)
  }
  go(): void {
    for (const listener of [...this.listeners]) listener.gone()
  }
}

function waiting(minBytes: number, world: SimulatedWorld = simulatedWorld(1)) {
  const partitions = [new WatchedPartition(), new WatchedPartition()]
  const leaves = new Set<() => void>()
  const client = {
    onClose(callback: () => void) {
      leaves.add(callback)
      return () => leaves.delete(callback)
    },
  } as unknown as ClientConnection
  const state = { isOver: false }
  const over = waitForBytes(partitions as unknown as Partition[], minBytes, 1000, world.clock, client)
  void over.then(() => {
    state.isOver = true
  })
  const listenerCount = () => leaves.size + partitions.reduce((sum, { listeners }) => sum + listeners.size, 0)
  return { world, partitions, leaves, state, listenerCount }
}

describe('waiting for bytes', () => {
  it('ends when all partitions together have enough, and leaves nothing behind', async () => {
    const { world, partitions, state, listenerCount } = waiting(100)
    partitions[0]!.advance(60)
    await world.advance(1)
    expect(state.isOver).toBe(false)
    partitions[1]!.advance(40)
    await world.advance(1)
    expect(state.isOver).toBe(true)
    expect(listenerCount()).toBe(0)
  })

  it('ends when the time is over', async () => {
    const { world, state, listenerCount } = waiting(100)
    await world.advance(999)
    expect(state.isOver).toBe(false)
    await world.advance(2)
    expect(state.isOver).toBe(true)
    expect(listenerCount()).toBe(0)
  })

  it('ends when a partition goes away, or the client leaves', async () => {
    const first = waiting(100)
    first.partitions[1]!.go()
    await first.world.advance(1)
    expect([first.state.isOver, first.listenerCount()]).toEqual([true, 0])
    const second = waiting(100)
    for (const leave of [...second.leaves]) leave()
    await second.world.advance(1)
    expect([second.state.isOver, second.listenerCount()]).toEqual([true, 0])
  })
})
