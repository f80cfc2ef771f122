import { ZERO_UUID, defaultsOf, silentLogger, simulatedWorld } from '@samsa/base'
import { decideCommit, fetchAllOffsets, respond } from '@samsa/coordinators'
import { openLog, topicConfig } from '@samsa/log'
import type { ErrorName, OffsetCommitResponse } from '@samsa/protocol'
import { describe, expect, test } from 'vitest'
import { Partition } from '../partitions/partition.ts'
import { GroupShard } from './group-shard.ts'
import { PartitionCoordinatorLog } from './partition-coordinator-log.ts'

const SEEDS = Number(process.env['SAMSA_SEEDS'] ?? 6)
const config = { ...defaultsOf(topicConfig), 'cleanup.policy': ['compact'] as const }
const limits = {
  sessionTimeoutMsMin: 6_000,
  sessionTimeoutMsMax: 1_800_000,
  groupSizeMax: 100,
  initialRebalanceDelayMs: 3_000,
  newMemberJoinTimeoutMs: 300_000,
  offsetMetadataMax: 4_096,
  offsetsRetentionMs: 60_000,
}

type World = ReturnType<typeof simulatedWorld>

function openShard(world: World): GroupShard {
  const log = openLog({
    disk: world.disk,
    clock: world.clock,
    random: world.random,
    logger: silentLogger,
    directory: 'data/__consumer_offsets-0',
    topic: '__consumer_offsets',
    partition: 0,
    config,
    wasClean: false,
    recoveryPoint: 0,
    startOffset: 0,
  })
  const partition = new Partition({
    log,
    topicId: ZERO_UUID,
    leaderEpoch: 0,
    clock: world.clock,
    logger: silentLogger,
    config,
  })
  const coordinatorLog = new PartitionCoordinatorLog(partition, () => 'none', silentLogger)
  return new GroupShard({
    clock: world.clock,
    logger: silentLogger,
    log: coordinatorLog,
    limits: () => limits,
    isDeleted: () => false,
  })
}

async function commit(shard: GroupShard, offset: number): Promise<ErrorName> {
  const partition = {
    partitionIndex: 0,
    committedOffset: offset,
    committedLeaderEpoch: -1,
    commitTimestamp: -1,
    committedMetadata: null,
  }
  const request = {
    groupId: 'g',
    generationIdOrMemberEpoch: -1,
    memberId: '',
    groupInstanceId: null,
    retentionTimeMs: -1,
    topics: [{ name: 't', topicId: ZERO_UUID, partitions: [partition] }],
  }
  const response = await shard.execute<OffsetCommitResponse>(
    'g',
    (group, context) => decideCommit(group, { request, apiVersion: 9 }, context),
    errorCode => ({ topics: [{ partitions: [{ partitionIndex: 0, errorCode }] }] }),
  )
  return response.topics[0]!.partitions[0]!.errorCode
}

async function committed(shard: GroupShard): Promise<number> {
  return shard.execute<number>(
    'g',
    group => respond(fetchAllOffsets(group, false)[0]?.partitions[0]?.committedOffset ?? -1),
    () => Number.NaN,
  )
}

/** Commits 1, 2, 3, … for a while, many at a time; keeps the last that was acknowledged or told to anyone. */
async function commitFor(world: World, shard: GroupShard, from: number, ms: number) {
  const seen = { acknowledged: -1, last: from }
  const writer = async () => {
    for (;;) {
      const offset = ++seen.last
      if ((await commit(shard, offset)) === 'NONE') seen.acknowledged = Math.max(seen.acknowledged, offset)
      const told = await committed(shard)
      if (!Number.isNaN(told)) seen.acknowledged = Math.max(seen.acknowledged, told)
      await new Promise<void>(resolve => world.clock.timer(world.random.integer(5), resolve))
    }
  }
  for (let i = 0; i < 4; i++) void writer()
  await world.advance(ms)
  return seen
}

async function loaded(world: World, shard: GroupShard): Promise<number> {
  for (let i = 0; i < 100 && shard.load() !== 'NONE'; i++) await world.advance(50)
  return world.finish(committed(shard))
}

describe('no commit that was acknowledged, and no offset that was told to anyone, is lost', () => {
  test.each(Array.from({ length: SEEDS }, (_, seed) => seed))('after power cuts, seed %i', async seed => {
    const world = simulatedWorld(seed)
    world.disk.makeDirectory('data')
    await world.finish(world.disk.syncDirectory('.'))
    let last = 0
    for (let life = 0; life < 4; life++) {
      const shard = openShard(world)
      const { acknowledged, last: tried } = await commitFor(world, shard, last, 40 + (seed % 7) * 10)
      last = tried
      world.powerCut()
      const after = openShard(world)
      expect(await loaded(world, after)).toBeGreaterThanOrEqual(acknowledged)
      world.kill()
    }
  })

  test.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
    'while the disk fills up, seed %i',
    async seed => {
      const world = simulatedWorld(seed)
      world.disk.makeDirectory('data')
      await world.finish(world.disk.syncDirectory('.'))
      const shard = openShard(world)
      expect(await loaded(world, shard)).toBe(-1)
      const endFault = world.disk.inject({ operation: 'write', code: 'NO_SPACE', path: '.log', chance: 0.3 })
      const { acknowledged } = await commitFor(world, shard, 0, 200)
      endFault()
      await world.advance(2_000)
      expect(acknowledged).toBeGreaterThan(0)
      expect(await loaded(world, shard)).toBeGreaterThanOrEqual(acknowledged)
      world.powerCut()
      expect(await loaded(world, openShard(world))).toBeGreaterThanOrEqual(acknowledged)
    },
  )
})
