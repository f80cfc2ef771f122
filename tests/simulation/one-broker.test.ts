import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Run, simulate } from './scenario.ts'
import { seedsToRun } from './seeds.ts'

const seeds = seedsToRun()
const FAILURES_SHOWN = 10
const NOTES_SHOWN = 60

describe('one broker, its clients, and everything that can go wrong', () => {
  const rejections: unknown[] = []
  const onRejection = (error: unknown) => rejections.push(error)
  beforeEach(() => void process.on('unhandledRejection', onRejection))
  afterEach(() => void process.off('unhandledRejection', onRejection))

  it(
    `keeps every promise, for ${seeds.length} seeds`,
    { timeout: 60_000 + 2000 * seeds.length },
    async () => {
      const totals: Record<string, number> = {}
      const failures: string[] = []
      const startedMs = performance.now()
      for (const seed of seeds) {
        const run = await simulate(seed)
        for (const [name, figure] of Object.entries(run.figures)) totals[name] = (totals[name] ?? 0) + figure
        const failure = run.failure ?? rejections.splice(0)[0]
        if (failure === undefined) continue
        failures.push(report(run, failure, failures.length === 0))
        if (failures.length >= FAILURES_SHOWN) break
      }
      const seconds = ((performance.now() - startedMs) / 1000).toFixed(1)
      console.info(`${seeds.length} seeds in ${seconds} s: ${JSON.stringify(totals)}`)
      if (failures.length > 0) expect.fail(failures.join('\n\n'))
    },
  )

  it('runs the same way again for the same seed, to the byte', async () => {
    for (const seed of seeds.slice(0, 3)) {
      const first = await simulate(seed, { keepTrace: true })
      const second = await simulate(seed, { keepTrace: true })
      const differing = first.traceLines.findIndex((line, i) => line !== second.traceLines[i])
      expect(second.traceLines.slice(differing, differing + 3)).toEqual(
        first.traceLines.slice(differing, differing + 3),
      )
      expect(second.traceHash).toBe(first.traceHash)
      expect(second.traceEvents).toBe(first.traceEvents)
    }
  })
})

function report({ seed, notes }: Run, failure: unknown, isInFull: boolean): string {
  const what = failure instanceof Error ? (isInFull ? failure.stack : failure.message) : String(failure)
  const replay = `SAMSA_SEEDS=${seed} npx vitest run tests/simulation`
  const story = isInFull ? `\n${notes.slice(-NOTES_SHOWN).join('\n')}` : ''
  return `Seed ${seed} failed: ${what}\nReplay it with: ${replay}${story}`
}
