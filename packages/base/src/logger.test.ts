import { describe, expect, it } from 'vitest'
import { type LoggerOptions, createLogger } from './logger.ts'

function logged(options: LoggerOptions, use: (logger: ReturnType<typeof createLogger>) => void): string[] {
  const lines: string[] = []
  use(createLogger({ write: line => lines.push(line), now: () => 1_700_000_000_000, ...options }))
  return lines
}

describe('a logger', () => {
  it('writes lines for people: time, level, sentence, details', () => {
    const [line] = logged({}, logger =>
      logger
        .child({ broker: 1 })
        .info('Made the topic.', { topic: 'my orders', offset: 5n, nothing: undefined }),
    )
    expect(line).toMatch(
      /^2023-11-1\d \d\d:13:20\.000 INFO {2}Made the topic\. {2}broker=1 {2}topic="my orders" {2}offset=5\n$/,
    )
  })

  it('writes JSON for machines', () => {
    const lines = logged({ format: 'json' }, logger => logger.child({ broker: 1 }).warn('Slow.', { ms: 5 }))
    expect(JSON.parse(lines[0]!)).toEqual({
      level: 'warn',
      time: '2023-11-14T22:13:20.000Z',
      broker: 1,
      ms: 5,
      message: 'Slow.',
    })
  })

  it('leaves out what is below its level', () => {
    for (const format of ['pretty', 'json'] as const) {
      const lines = logged({ level: 'warn', format }, logger => {
        logger.debug('no')
        logger.info('no')
        logger.warn('yes')
        logger.error('yes')
      })
      expect(lines.length).toBe(2)
    }
    expect(logged({ level: 'silent' }, logger => logger.error('no'))).toEqual([])
  })

  it('shows where an unexpected error came from, and copes with what cannot be printed', () => {
    const circular: Record<string, unknown> = {}
    circular['self'] = circular
    const [line] = logged({}, logger => logger.error('Failed.', { error: new Error('a bug'), circular }))
    expect(line).toContain('error="a bug"')
    expect(line).toContain('logger.test.ts')
    expect(line).toContain('circular=[circular]')
  })
})
