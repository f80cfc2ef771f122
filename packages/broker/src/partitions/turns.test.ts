import { describe, expect, it } from 'vitest'
import { Turns } from './turns.ts'

describe('turns', () => {
  it('let at most so many run at a time, in the order they came, whatever becomes of them', async () => {
    const turns = new Turns(3)
    const begun: number[] = []
    let running = 0
    let mostRunning = 0
    const work = (number: number) => async () => {
      begun.push(number)
      mostRunning = Math.max(mostRunning, ++running)
      for (let i = 0; i < 1 + (number % 4); i++) await Promise.resolve()
      running--
      if (number % 5 === 0) throw new Error(`${number}`)
      return number
    }
    const outcomes = await Promise.allSettled(Array.from({ length: 3000 }, (_, i) => turns.run(work(i))))
    expect(begun).toEqual(outcomes.map((_, i) => i))
    expect(mostRunning).toBe(3)
    expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(600)
    expect(await turns.run(work(1))).toBe(1)
  })

  it('begin at once while there is room', () => {
    let hasBegun = false
    void new Turns(1).run(async () => {
      hasBegun = true
    })
    expect(hasBegun).toBe(true)
  })
})
