import { decodeUtf8 } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import type { ConsumerRecord, RecordHeader } from '../records/index.ts'
import { retryTopicsOf, withRetryTopics } from './retry-topics.ts'
import { Postponed } from './run-options.ts'

interface Sent {
  topic: string
  key?: string | null
  value?: string | null
  headers?: unknown
}

const context = { signal: new AbortController().signal, failures: 0 }
const retry = [
  { topic: 'orders.retry.1', delayMs: 1000 },
  { topic: 'orders.retry.2', delayMs: 60_000 },
]

function record(topic: string, headers: readonly RecordHeader[] = []): ConsumerRecord<string, string> {
  return {
    topic,
    partition: 3,
    offset: 42,
    timestamp: 5,
    timestampType: 'CREATE_TIME',
    key: 'k',
    value: 'v',
    headers,
    leaderEpoch: 0,
    serializedKeySize: 1,
    serializedValueSize: 1,
  }
}

function setUp(fails: (attempt: number) => unknown) {
  const sent: Sent[] = []
  let nowMs = 100_000
  let attempts = 0
  const handler = withRetryTopics<string, string>(
    () => {
      const error = fails(++attempts)
      if (error !== undefined) throw error
    },
    {
      producer: { send: async sentRecord => void sent.push(sentRecord) },
      retry,
      deadLetter: 'orders.dead',
      isHopeless: error => error instanceof SyntaxError,
      now: () => nowMs,
    },
  )
  const pass = (ms: number) => {
    nowMs += ms
  }
  const texts = (at: number) =>
    Object.fromEntries(
      (sent[at]!.headers as RecordHeader[]).map(({ key, value }) => [key, decodeUtf8(value!)]),
    )
  const arrived = (at: number) => record(sent[at]!.topic, sent[at]!.headers as RecordHeader[])
  return { handler, sent, pass, texts, arrived }
}

describe('retry topics', () => {
  it('take a record that fails from step to step, and at last to the dead letters', async () => {
    const { handler, sent, pass, texts, arrived } = setUp(() => new Error('no luck'))
    await handler(record('orders', [{ key: 'trace', value: new Uint8Array([49]) }]), context)
    expect(sent[0]).toMatchObject({ topic: 'orders.retry.1', key: 'k', value: 'v' })
    expect(texts(0)).toEqual({
      trace: '1',
      'original-topic': 'orders',
      'original-partition': '3',
      'original-offset': '42',
      'original-timestamp': '5',
      attempts: '1',
      error: 'Error: no luck',
      'due-at': '101000',
    })
    await expect(handler(arrived(0), context)).rejects.toBeInstanceOf(Postponed)
    pass(1000)
    await handler(arrived(0), context)
    expect(sent[1]!.topic).toBe('orders.retry.2')
    pass(60_000)
    await handler(arrived(1), context)
    expect(sent[2]!.topic).toBe('orders.dead')
    expect(texts(2)).toMatchObject({ 'original-topic': 'orders', 'original-offset': '42', attempts: '3' })
    expect(texts(2)['due-at']).toBeUndefined()
  })

  it('are left behind once a record succeeds', async () => {
    const { handler, sent } = setUp(attempt => (attempt === 1 ? new Error('once') : undefined))
    await handler(record('orders'), context)
    await handler(record('orders'), context)
    expect(sent).toHaveLength(1)
  })

  it('are passed by where trying again is of no use', async () => {
    const { handler, sent } = setUp(() => new SyntaxError('not JSON'))
    await handler(record('orders'), context)
    expect(sent.map(({ topic }) => topic)).toEqual(['orders.dead'])
  })

  it('leave a record unfinished that could not be stored', async () => {
    const handler = withRetryTopics<string, string>(
      () => {
        throw new Error('no')
      },
      { producer: { send: () => Promise.reject(new Error('disk full')) }, deadLetter: 'orders.dead' },
    )
    await expect(handler(record('orders'), context)).rejects.toMatchObject({ code: 'HANDLER' })
  })

  it('are to be subscribed to', () => {
    expect(retryTopicsOf({ retry })).toEqual(['orders.retry.1', 'orders.retry.2'])
  })
})
