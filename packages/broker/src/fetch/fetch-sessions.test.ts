import { ZERO_UUID } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import {
  type FetchContext,
  type FetchPartition,
  FetchSessions,
  type SessionRequest,
} from './fetch-sessions.ts'

const partition = (partitionIndex: number, fetchOffset = 0): FetchPartition => ({
  topic: 'orders',
  topicId: ZERO_UUID,
  partitionIndex,
  fetchOffset,
  currentLeaderEpoch: -1,
  lastFetchedEpoch: -1,
  logStartOffset: -1,
  maxBytes: 1000,
  toldHighWatermark: -1,
  toldLogStartOffset: -1,
})

const request = (
  sessionId: number,
  sessionEpoch: number,
  partitions: FetchPartition[] = [],
): SessionRequest => ({
  sessionId,
  sessionEpoch,
  partitions,
  forgotten: [],
  usesTopicIds: false,
})

function setUp(slots = 2) {
  let nowMs = 0
  let nextId = 0
  const sessions = new FetchSessions({
    clock: { now: () => nowMs, monotonicMs: () => nowMs, timer: () => ({ cancel() {} }), defer() {} },
    random: { integer: () => nextId++, bytes: count => new Uint8Array(count) },
    slots: () => slots,
  })
  const advance = (ms: number) => {
    nowMs += ms
  }
  return { sessions, advance }
}

function opened(context: FetchContext | { error: string }): FetchContext {
  if ('error' in context) throw new Error(`no context: ${context.error}`)
  return context
}

const indexes = (context: FetchContext) => context.partitions.map(({ partitionIndex }) => partitionIndex)

describe('fetch sessions', () => {
  it('open with a full request and go on with what changed', () => {
    const { sessions } = setUp()
    const full = opened(sessions.contextOf(request(0, 0, [partition(0), partition(1)])))
    expect(full.sessionId).toBeGreaterThan(0)
    expect(full.isIncremental).toBe(false)

    const next = opened(sessions.contextOf(request(full.sessionId, 1, [partition(1, 50), partition(2)])))
    expect(next.isIncremental).toBe(true)
    expect(indexes(next)).toEqual([0, 1, 2])
    expect(next.partitions[1]?.fetchOffset).toBe(50)
  })

  it('remember what a partition was told when the client moves its offset', () => {
    const { sessions } = setUp()
    const full = opened(sessions.contextOf(request(0, 0, [partition(0)])))
    Object.assign(full.partitions[0] as FetchPartition, { toldHighWatermark: 7, toldLogStartOffset: 2 })
    const next = opened(sessions.contextOf(request(full.sessionId, 1, [partition(0, 7)])))
    expect(next.partitions[0]).toMatchObject({ fetchOffset: 7, toldHighWatermark: 7, toldLogStartOffset: 2 })
  })

  it('drop forgotten partitions, and end when none is left', () => {
    const { sessions } = setUp()
    const { sessionId } = opened(sessions.contextOf(request(0, 0, [partition(0)])))
    const forgotten = [{ topic: 'orders', topicId: ZERO_UUID, partitionIndex: 0 }]
    const last = opened(sessions.contextOf({ ...request(sessionId, 1), forgotten }))
    expect(last.sessionId).toBe(0)
    expect(sessions.count).toBe(0)
  })

  it('begin with nothing, too, and end when nothing was added', () => {
    const { sessions } = setUp()
    const { sessionId } = opened(sessions.contextOf(request(0, 0)))
    expect(sessionId).not.toBe(0)
    expect(indexes(opened(sessions.contextOf(request(sessionId, 1, [partition(4)]))))).toEqual([4])
    const other = opened(sessions.contextOf(request(0, 0)))
    expect(opened(sessions.contextOf(request(other.sessionId, 1))).sessionId).toBe(0)
    expect(sessions.count).toBe(1)
  })

  it('drop a partition that is named and forgotten in one request', () => {
    const { sessions } = setUp()
    const { sessionId } = opened(sessions.contextOf(request(0, 0, [partition(0), partition(1)])))
    const forgotten = [{ topic: 'orders', topicId: ZERO_UUID, partitionIndex: 1 }]
    const next = opened(sessions.contextOf({ ...request(sessionId, 1, [partition(1, 7)]), forgotten }))
    expect(indexes(next)).toEqual([0])
  })

  it('take what was said last of a partition that is named twice, with a session and without', () => {
    const { sessions } = setUp()
    const twice = [partition(0, 1), partition(1), partition(0, 2)]
    for (const epoch of [0, -1]) {
      const context = opened(sessions.contextOf(request(0, epoch, twice)))
      expect(context.partitions.map(one => [one.partitionIndex, one.fetchOffset])).toEqual([
        [0, 2],
        [1, 0],
      ])
    }
  })

  it('serve a partition that had its turn after the others', () => {
    const { sessions } = setUp()
    const full = opened(sessions.contextOf(request(0, 0, [partition(0), partition(1)])))
    full.served(full.partitions[0] as FetchPartition)
    expect(indexes(opened(sessions.contextOf(request(full.sessionId, 1))))).toEqual([1, 0])
  })

  it('refuse an unknown session, a wrong epoch, and a change between names and ids', () => {
    const { sessions } = setUp()
    const { sessionId } = opened(sessions.contextOf(request(0, 0, [partition(0)])))
    expect(sessions.contextOf(request(sessionId + 1, 1))).toEqual({ error: 'FETCH_SESSION_ID_NOT_FOUND' })
    expect(sessions.contextOf(request(sessionId, 2))).toEqual({ error: 'INVALID_FETCH_SESSION_EPOCH' })
    expect(sessions.contextOf({ ...request(sessionId, 1), usesTopicIds: true })).toEqual({
      error: 'FETCH_SESSION_TOPIC_ID_ERROR',
    })
  })

  it('close with the final epoch, whose request is served in full', () => {
    const { sessions } = setUp()
    const { sessionId } = opened(sessions.contextOf(request(0, 0, [partition(0)])))
    const last = opened(sessions.contextOf(request(sessionId, -1, [partition(3)])))
    expect(last).toMatchObject({ sessionId: 0, isIncremental: false })
    expect(indexes(last)).toEqual([3])
    expect(sessions.count).toBe(0)
  })

  it('serve without a session when all slots are in use, and replace one that is long unused', () => {
    const { sessions, advance } = setUp(1)
    const first = opened(sessions.contextOf(request(0, 0, [partition(0)])))
    expect(opened(sessions.contextOf(request(0, 0, [partition(0)]))).sessionId).toBe(0)
    advance(120_000)
    const second = opened(sessions.contextOf(request(0, 0, [partition(0)])))
    expect(second.sessionId).not.toBe(0)
    expect(sessions.contextOf(request(first.sessionId, 1))).toEqual({ error: 'FETCH_SESSION_ID_NOT_FOUND' })
  })

  it('give way to larger ones when they are old, the smallest first', () => {
    const { sessions, advance } = setUp(2)
    const opens = (count: number) =>
      opened(
        sessions.contextOf(
          request(
            0,
            0,
            Array.from({ length: count }, (_, index) => partition(index)),
          ),
        ),
      ).sessionId
    const [three, two] = [opens(3), opens(2)]
    expect(opens(5)).toBe(0)
    for (let epoch = 1; epoch <= 2; epoch++) {
      advance(60_000)
      for (const id of [three, two]) opened(sessions.contextOf(request(id, epoch)))
    }
    expect(opens(2)).toBe(0)
    expect(opens(4)).toBeGreaterThan(0)
    expect(sessions.contextOf(request(two, 3))).toEqual({ error: 'FETCH_SESSION_ID_NOT_FOUND' })
    expect(opened(sessions.contextOf(request(three, 3))).sessionId).toBe(three)
  })
})
