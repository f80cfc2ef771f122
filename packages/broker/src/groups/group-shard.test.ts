import { AssertionError, ZERO_UUID, encodeUtf8, silentLogger, simulatedWorld } from '@samsa/base'
import {
  type GroupLimits,
  type GroupRecord,
  decideCommit,
  decideHeartbeat,
  decideJoin,
  decideOffsetExpiry,
  decideSync,
  fetchAllOffsets,
  joinRefused,
  respond,
  syncRefused,
} from '@samsa/coordinators'
import type { ErrorName, JoinGroupResponse, OffsetCommitResponse, SyncGroupResponse } from '@samsa/protocol'
import { describe, expect, test } from 'vitest'
import type { AppendedRecords, CoordinatorLog, LogEntry, RefusedRecords } from './coordinator-log.ts'
import { GroupShard } from './group-shard.ts'

const limits: GroupLimits = {
  sessionTimeoutMsMin: 6_000,
  sessionTimeoutMsMax: 1_800_000,
  groupSizeMax: 100,
  initialRebalanceDelayMs: 3_000,
  newMemberJoinTimeoutMs: 300_000,
  offsetMetadataMax: 4_096,
  offsetsRetentionMs: 60_000,
}

/** A log in memory whose appends become safe, or are lost, when the test says so. */
class HeldLog implements CoordinatorLog {
  readonly startOffset = 0
  entries: LogEntry[] = []
  /** Appends are refused with this error. */
  refusal: Exclude<ErrorName, 'NONE'> | undefined
  unreadable: Exclude<ErrorName, 'NONE'> | undefined
  isHolding = false
  batches = 0
  #gates: { from: number; settle: (error: ErrorName) => void }[] = []

  append(records: readonly GroupRecord[]): AppendedRecords | RefusedRecords {
    if (this.refusal !== undefined) return { error: this.refusal }
    this.batches++
    const firstOffset = this.entries.length
    for (const record of records) {
      this.entries.push({ kind: 'record', offset: this.entries.length, record, producerId: undefined })
    }
    if (!this.isHolding) return { error: 'NONE', firstOffset, safe: 'NONE' }
    const safe = new Promise<ErrorName>(settle => this.#gates.push({ from: firstOffset, settle }))
    return { error: 'NONE', firstOffset, safe }
  }

  read(offset: number) {
    if (this.unreadable !== undefined) return { error: this.unreadable }
    const entries = this.entries.slice(offset, offset + 10)
    return { error: 'NONE' as const, entries, nextOffset: offset + entries.length }
  }

  whenSafe(): ErrorName {
    return 'NONE'
  }

  /** Everything written becomes safe. */
  release(): void {
    for (const { settle } of this.#gates.splice(0)) settle('NONE')
  }

  /** What is not safe is lost. */
  lose(): void {
    const gates = this.#gates.splice(0)
    if (gates.length > 0) this.entries.length = gates[0]!.from
    for (const { settle } of gates) settle('KAFKA_STORAGE_ERROR')
  }
}

/** A shard on a held log, in simulated time, and clients that note their answers. */
class Fixture {
  readonly world = simulatedWorld(7)
  readonly log: HeldLog
  readonly shard: GroupShard
  #ids = 0

  constructor(log = new HeldLog()) {
    this.log = log
    this.shard = new GroupShard({
      clock: this.world.clock,
      logger: silentLogger,
      log,
      limits: () => limits,
      isDeleted: () => false,
    })
  }

  join(groupId = 'g', memberId = ''): Asked<JoinGroupResponse> {
    const protocols = [{ name: 'range', metadata: encodeUtf8('m') }]
    const request = {
      groupId,
      sessionTimeoutMs: 10_000,
      rebalanceTimeoutMs: 60_000,
      memberId,
      groupInstanceId: null,
      protocolType: 'consumer',
      protocols,
      reason: null,
    }
    const uuid = String(++this.#ids)
    const input = { request, apiVersion: 3, clientId: 'c', clientHost: '/127.0.0.1', uuid }
    return new Asked(
      this.shard.execute<JoinGroupResponse>(
        groupId,
        (group, context, ticket) => decideJoin(group, { ...input, ticket }, context),
        error => joinRefused('', error),
      ),
    )
  }

  sync(memberId: string, generationId: number, groupId = 'g'): Asked<SyncGroupResponse> {
    const assignments = [{ memberId, assignment: encodeUtf8('all') }]
    const request = {
      groupId,
      generationId,
      memberId,
      groupInstanceId: null,
      protocolType: 'consumer',
      protocolName: 'range',
      assignments,
    }
    return new Asked(
      this.shard.execute<SyncGroupResponse>(
        groupId,
        (group, context, ticket) => decideSync(group, { request, apiVersion: 5, ticket }, context),
        syncRefused,
      ),
    )
  }

  heartbeat(memberId: string, generationId: number, groupId = 'g') {
    const request = { groupId, generationId, memberId, groupInstanceId: null }
    return new Asked(
      this.shard.execute(
        groupId,
        (group, context) => decideHeartbeat(group, request, context),
        errorCode => ({ errorCode }),
      ),
    )
  }

  commit(offset: number, groupId = 'g', partitions: readonly number[] = [0]): Asked<OffsetCommitResponse> {
    const request = {
      groupId,
      generationIdOrMemberEpoch: -1,
      memberId: '',
      groupInstanceId: null,
      retentionTimeMs: -1,
      topics: [
        {
          name: 't',
          topicId: ZERO_UUID,
          partitions: partitions.map(partitionIndex => ({
            partitionIndex,
            committedOffset: offset,
            committedLeaderEpoch: -1,
            commitTimestamp: -1,
            committedMetadata: null,
          })),
        },
      ],
    }
    const refused = (errorCode: ErrorName) => ({
      topics: [{ partitions: [{ partitionIndex: 0, errorCode }] }],
    })
    return new Asked(
      this.shard.execute<OffsetCommitResponse>(
        groupId,
        (group, context) => decideCommit(group, { request, apiVersion: 9 }, context),
        refused,
      ),
    )
  }

  offset(groupId = 'g'): Asked<number | ErrorName> {
    return new Asked(
      this.shard.execute<number | ErrorName>(
        groupId,
        group => respond(fetchAllOffsets(group, false)[0]?.partitions[0]?.committedOffset ?? -1),
        error => error,
      ),
    )
  }

  /** One member in generation 1, with its assignment. */
  async settle(groupId = 'g'): Promise<string> {
    const joined = this.join(groupId)
    await this.world.advance(3_000)
    const { memberId } = joined.answer!
    this.sync(memberId, 1, groupId)
    return memberId
  }
}

/** An answer that is there now, later, or never. */
class Asked<T> {
  answer: T | undefined
  constructor(answer: T | Promise<T>) {
    if (answer instanceof Promise) {
      void answer.then(settled => {
        this.answer = settled
      })
    } else this.answer = answer
  }
}

const errorOf = (commit: Asked<OffsetCommitResponse>) => commit.answer?.topics[0]?.partitions[0]?.errorCode

describe('answers and durability', () => {
  test('a commit is not answered before it is safe, and neither is anything that might tell of it', async () => {
    const f = new Fixture()
    f.log.isHolding = true
    const commit = f.commit(5)
    const offset = f.offset()
    const elsewhere = f.offset('h')
    await f.world.advance(10)
    expect([commit.answer, offset.answer, elsewhere.answer]).toEqual([undefined, undefined, -1])
    f.log.release()
    await f.world.advance(0)
    expect([errorOf(commit), offset.answer]).toEqual(['NONE', 5])
  })

  test('nobody gets an assignment before it is safe', async () => {
    const f = new Fixture()
    const [a, b] = [f.join(), f.join()]
    await f.world.advance(6_000)
    const [leader, follower] = [a.answer!.memberId, b.answer!.memberId]
    const waiting = f.sync(follower, 1)
    f.log.isHolding = true
    const leading = f.sync(leader, 1)
    const late = f.sync(follower, 1)
    await f.world.advance(10)
    expect([waiting.answer, leading.answer, late.answer]).toEqual([undefined, undefined, undefined])
    f.log.release()
    await f.world.advance(0)
    expect([waiting, leading, late].map(({ answer }) => answer?.errorCode)).toEqual(['NONE', 'NONE', 'NONE'])
  })

  test('a heartbeat about a group at rest is answered at once', async () => {
    const f = new Fixture()
    const memberId = await f.settle()
    expect(f.heartbeat(memberId, 1).answer?.errorCode).toBe('NONE')
  })
})

describe('a refused append', () => {
  test('leaves everything as it was, and the client is told', async () => {
    const f = new Fixture()
    f.commit(5)
    f.log.refusal = 'KAFKA_STORAGE_ERROR'
    expect(errorOf(f.commit(6))).toBe('NOT_COORDINATOR')
    f.log.refusal = 'MESSAGE_TOO_LARGE'
    expect(errorOf(f.commit(6))).toBe('UNKNOWN_SERVER_ERROR')
    expect(f.offset().answer).toBe(5)
  })

  test('of what time brought about is tried again until it succeeds', async () => {
    const f = new Fixture()
    const memberId = await f.settle()
    f.log.refusal = 'KAFKA_STORAGE_ERROR'
    await f.world.advance(12_000)
    expect(f.shard.groupIds()).toEqual(['g'])
    const written = f.log.entries.length
    f.log.refusal = undefined
    await f.world.advance(1_000)
    expect(f.log.entries.length).toBe(written + 1)
    expect(f.heartbeat(memberId, 1).answer?.errorCode).toBe('UNKNOWN_MEMBER_ID')
  })
})

describe('an append that turns out not to be safe', () => {
  test('takes back what rested on it, and everyone who waits is told', async () => {
    const f = new Fixture()
    f.commit(5)
    const memberId = await f.settle('h')
    const joining = f.join('i')
    f.log.isHolding = true
    const commit = f.commit(6)
    const offset = f.offset()
    f.log.lose()
    await f.world.advance(0)
    expect([errorOf(commit), offset.answer, joining.answer?.errorCode]).toEqual([
      'NOT_COORDINATOR',
      'NOT_COORDINATOR',
      'NOT_COORDINATOR',
    ])
    expect(f.offset().answer).toBe(5)
    expect(f.heartbeat(memberId, 1, 'h').answer?.errorCode).toBe('NONE')
  })

  test('does not end service while the log cannot be read: it is tried again', async () => {
    const f = new Fixture()
    f.commit(5)
    f.log.isHolding = true
    f.commit(6)
    f.log.unreadable = 'KAFKA_STORAGE_ERROR'
    f.log.lose()
    await f.world.advance(10)
    expect(f.offset().answer).toBe('NOT_COORDINATOR')
    await f.world.advance(5_000)
    f.log.unreadable = undefined
    await f.world.advance(1_000)
    expect(f.offset().answer).toBe(5)
  })
})

describe('loading', () => {
  test('brings back members with a whole session, and offsets', async () => {
    const before = new Fixture()
    before.commit(5)
    const memberId = await before.settle()
    const after = new Fixture(before.log)
    expect(after.offset().answer).toBe(5)
    await after.world.advance(9_000)
    expect(after.heartbeat(memberId, 1).answer?.errorCode).toBe('NONE')
    await after.world.advance(11_000)
    expect(after.heartbeat(memberId, 1).answer?.errorCode).toBe('UNKNOWN_MEMBER_ID')
  })

  test('a long log goes on beside the traffic, which is told to come back', async () => {
    const log = new HeldLog()
    const writer = new Fixture(log)
    for (let i = 0; i < 100; i++) writer.commit(i)
    const { clock } = simulatedWorld(1)
    let nowMs = 0
    // Each step of the load takes 2 ms.
    const slow: CoordinatorLog = {
      startOffset: 0,
      append: records => log.append(records),
      whenSafe: () => log.whenSafe(),
      read: offset => {
        nowMs += 2
        return log.read(offset)
      },
    }
    const deferred: (() => void)[] = []
    const shard = new GroupShard({
      clock: {
        now: () => clock.now(),
        monotonicMs: () => nowMs,
        timer: (delayMs, callback) => clock.timer(delayMs, callback),
        defer: callback => deferred.push(callback),
      },
      logger: silentLogger,
      log: slow,
      limits: () => limits,
      isDeleted: () => false,
    })
    expect(shard.load()).toBe('COORDINATOR_LOAD_IN_PROGRESS')
    let turns = 1
    for (; deferred.length > 0; turns++) deferred.shift()!()
    expect(turns).toBe(4)
    expect(shard.load()).toBe('NONE')
    expect(shard.groupIds()).toEqual(['g'])
  })

  test('a record that cannot be read is left out, and the others count', () => {
    const f = new Fixture()
    f.commit(5)
    const damaged = { key: Uint8Array.of(0, 1, 0, 9), value: null }
    f.log.entries.push({ kind: 'record', offset: 1, record: damaged, producerId: undefined })
    f.commit(6)
    expect(new Fixture(f.log).offset().answer).toBe(6)
  })

  test('offsets of a transaction count once its marker is read', () => {
    const f = new Fixture()
    f.commit(5)
    f.commit(6)
    const [first, second] = f.log.entries
    const open = new HeldLog()
    open.entries = [first!, { ...second!, producerId: 9 } as LogEntry]
    expect(new Fixture(open).offset().answer).toBe(5)
    const ended = new HeldLog()
    ended.entries = [...open.entries, { kind: 'transactionEnd', producerId: 9, isCommitted: true }]
    expect(new Fixture(ended).offset().answer).toBe(6)
  })
})

describe('work nobody asked for', () => {
  test('expired offsets are forgotten in batches of bearable size', async () => {
    const f = new Fixture()
    f.commit(
      5,
      'g',
      Array.from({ length: 2_500 }, (_, i) => i),
    )
    await f.world.advance(70_000)
    const before = f.log.batches
    f.shard.decideFor('g', decideOffsetExpiry)
    expect(f.log.batches - before).toBe(3)
    expect(f.shard.groupIds()).toEqual([])
    expect(new Fixture(f.log).offset().answer).toBe(-1)
  })
})

describe('closing', () => {
  test('sends those who wait elsewhere, and gives the answers whose records are being written', async () => {
    const f = new Fixture()
    const joining = f.join('h')
    f.log.isHolding = true
    const commit = f.commit(5)
    let isClosed = false
    void f.shard.close().then(() => {
      isClosed = true
    })
    await f.world.advance(0)
    expect([joining.answer?.errorCode, commit.answer, isClosed]).toEqual([
      'NOT_COORDINATOR',
      undefined,
      false,
    ])
    f.log.release()
    await f.world.advance(0)
    expect([errorOf(commit), isClosed]).toEqual(['NONE', true])
    expect(f.offset().answer).toBe('NOT_COORDINATOR')
    await f.world.advance(100_000)
  })
})

test('a broken invariant stops the groups of its partition only until they are loaded anew', async () => {
  const f = new Fixture()
  f.commit(5)
  const joining = f.join('h')
  const answer = f.shard.execute<string>(
    'g',
    () => {
      throw new AssertionError('broken')
    },
    error => error,
  )
  await f.world.advance(0)
  expect([answer, joining.answer?.errorCode]).toEqual(['UNKNOWN_SERVER_ERROR', 'UNKNOWN_SERVER_ERROR'])
  expect(f.offset().answer).toBe(5)
})

test('the wall clock may jump without ending a session', async () => {
  const f = new Fixture()
  const memberId = await f.settle()
  f.world.clock.jump(3_600_000)
  await f.world.advance(5_000)
  expect(f.heartbeat(memberId, 1).answer?.errorCode).toBe('NONE')
  f.world.clock.jump(-7_200_000)
  await f.world.advance(5_000)
  expect(f.heartbeat(memberId, 1).answer?.errorCode).toBe('NONE')
  await f.world.advance(11_000)
  expect(f.heartbeat(memberId, 1).answer?.errorCode).toBe('UNKNOWN_MEMBER_ID')
})
