import { simulatedWorld } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import { TurnBudget } from './turn-budget.ts'

function setting() {
  const { clock } = simulatedWorld(1)
  let deferred: (() => void)[] = []
  const budget = new TurnBudget({
    now: () => clock.now(),
    monotonicMs: () => clock.monotonicMs(),
    timer: (delayMs, callback) => clock.timer(delayMs, callback),
    defer: callback => deferred.push(callback),
  })
  return {
    budget,
    isIdle: () => deferred.length === 0,
    turn() {
      const callbacks = deferred
      deferred = []
      for (const callback of callbacks) callback()
    },
  }
}

describe('connections that use their turns up', () => {
  it('go on at once while they are few', () => {
    const { budget } = setting()
    const went: number[] = []
    for (const connection of [1, 2, 3]) budget.goOn(1, () => went.push(connection))
    expect(went).toEqual([1, 2, 3])
  })

  it('share each turn when they are many, the longest waiting first', () => {
    const { budget, turn, isIdle } = setting()
    const went: number[][] = [[]]
    for (let connection = 0; connection < 40; connection++) {
      budget.goOn(1, () => went.at(-1)!.push(connection))
    }
    while (!isIdle()) {
      went.push([])
      turn()
    }
    expect(went.flat()).toEqual(Array.from({ length: 40 }, (_, i) => i))
    for (const turn of went) expect(turn.length).toBeLessThanOrEqual(5)
  })

  it('go on one a turn where each takes long', () => {
    const { budget, turn } = setting()
    const went: number[] = []
    for (let connection = 0; connection < 3; connection++) budget.goOn(100, () => went.push(connection))
    expect(went).toEqual([0])
    turn()
    expect(went).toEqual([0, 1])
  })

  it('are over for all once they were served for long together, until the next turn', () => {
    const { budget, turn, isIdle } = setting()
    for (let served = 0; served < 10; served++) {
      expect(budget.isOver).toBe(served >= 5)
      budget.served(1)
    }
    turn()
    expect(budget.isOver).toBe(false)
    expect(isIdle()).toBe(true)
  })

  it('have their time anew in each turn', () => {
    const { budget, turn, isIdle } = setting()
    let went = 0
    for (let round = 0; round < 10; round++) {
      for (let i = 0; i < 4; i++) budget.goOn(1, () => went++)
      expect(went).toBe(4 * (round + 1))
      turn()
    }
    turn()
    expect(isIdle()).toBe(true)
  })
})
