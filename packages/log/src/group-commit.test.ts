import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { GroupCommit } from './group-commit.ts'

const microtasks = async (count: number) => {
  for (let i = 0; i < count; i++) await Promise.resolve()
}

describe('a group commit', () => {
  it('runs one at a time and covers what each caller did before, whenever they ask', async () => {
    const delay = fc.nat(12)
    await fc.assert(
      fc.asyncProperty(
        fc.array(delay, { maxLength: 30 }),
        fc.array(delay, { minLength: 1, maxLength: 8 }),
        async (pauses, durations) => {
          let done = 0
          let committed = 0
          let running = 0
          let runs = 0
          const commit = new GroupCommit(async () => {
            expect(++running).toBe(1)
            const target = done
            await microtasks(durations[runs++ % durations.length]!)
            committed = target
            running--
          })
          const asked: Promise<void>[] = []
          for (const pause of pauses) {
            await microtasks(pause)
            const mine = ++done
            asked.push(commit.request().then(() => expect(committed).toBeGreaterThanOrEqual(mine)))
          }
          await commit.settled()
          expect(running).toBe(0)
          expect(committed).toBe(done)
          await Promise.all(asked)
        },
      ),
    )
  })

  it('is not begun twice by one who asks again the moment the running one ends', async () => {
    let running = 0
    const commit = new GroupCommit(async () => {
      expect(++running).toBe(1)
      await microtasks(5)
      running--
    })
    const again = commit.request().then(() => commit.request())
    await Promise.all([again, commit.request()])
  })
})
