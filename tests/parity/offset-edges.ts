import { encodeUtf8 } from '@samsa/base'
import { JoinGroup, OffsetCommit, OffsetDelete, OffsetFetch, SyncGroup } from '@samsa/protocol'
import { joined } from './group-member.ts'
import type { AnyAnswer, Pair } from './pair.ts'
import { idsOf } from './record-script.ts'

export const TOPIC = 'group-edges'
export const LONG = 'x'.repeat(5000)

type Partition = { partitionIndex: number; committedOffset: number; committedMetadata: string | null }

export async function commits(pair: Pair, version: number): Promise<void> {
  const ids = version >= 10 ? await idsOf(pair, TOPIC) : undefined
  if (ids !== undefined) pair.nameTopic(ids, TOPIC)
  const groupId = `edge-commit-${version}`
  const at = (partitionIndex: number, committedOffset: number, more: object = {}): Partition => ({
    partitionIndex,
    committedOffset,
    committedMetadata: '',
    ...more,
  })
  const ask = (label: string, topics: [name: string, partitions: Partition[]][], more: object = {}) =>
    pair.ask(label, OffsetCommit, version, side => ({
      groupId,
      topics: topics.map(([name, partitions]) => ({
        ...(ids === undefined
          ? { name }
          : { topicId: name === TOPIC ? ids[side] : 'AAAAAAAAAAAAAAAAAAAAAQ' }),
        partitions,
      })),
      ...more,
    }))
  await ask('nothing', [])
  await ask('no partitions', [[TOPIC, []]])
  await ask('a partition twice', [[TOPIC, [at(0, 3), at(0, 4)]]])
  await ask('a topic twice', [
    [TOPIC, [at(0, 5)]],
    [TOPIC, [at(0, 6)]],
  ])
  await ask('good and bad ones', [
    [TOPIC, [at(1, 5), at(9, 5), at(-1, 5), at(2, 5, { committedMetadata: LONG })]],
    ['nobody', [at(0, 5)]],
  ])
  if (version < 10) await ask('a topic without a name', [['', [at(0, 5)]]])
  if (version < 10) await ask('an impossible topic', [['a/b', [at(0, 5)]]])
  await ask('offset minus one', [[TOPIC, [at(1, -1)]]])
  await ask('the longest metadata', [[TOPIC, [at(1, 7, { committedMetadata: 'x'.repeat(4096) })]]])
  await ask('a byte more of metadata', [[TOPIC, [at(1, 7, { committedMetadata: 'x'.repeat(4097) })]]])
  await ask('too much metadata in bytes, not in letters', [
    [TOPIC, [at(1, 7, { committedMetadata: 'ü'.repeat(4000) })]],
  ])
  if (version >= 1) {
    await ask('a generation without a member', [[TOPIC, [at(0, 5)]]], { generationIdOrMemberEpoch: 3 })
    await ask('a generation of no group', [[TOPIC, [at(0, 5)]]], {
      groupId: 'edge-nobody',
      generationIdOrMemberEpoch: 0,
      memberId: 'a',
    })
    await ask('a generation far below zero', [[TOPIC, [at(0, 5)]]], { generationIdOrMemberEpoch: -7 })
  }
  if (version >= 2 && version <= 4)
    await ask('kept for no time', [[TOPIC, [at(0, 5)]]], { retentionTimeMs: 0 })
  if (version >= 6) {
    await ask('an epoch', [[TOPIC, [at(0, 8, { committedLeaderEpoch: 4 })]]])
    await ask('an epoch below zero', [[TOPIC, [at(1, 8, { committedLeaderEpoch: -7 })]]])
  }
  if (version >= 7)
    await ask('an instance of no group', [[TOPIC, [at(0, 5)]]], { groupInstanceId: 'unknown' })
  await pair.ask('what is kept', OffsetFetch, Math.min(pair.newest(OffsetFetch), 9), {
    groups: [{ groupId, topics: null }],
  })
}

export async function fetches(pair: Pair, version: number): Promise<void> {
  const ids = version >= 10 ? await idsOf(pair, TOPIC) : undefined
  const newest = `edge-commit-${Math.min(pair.newest(OffsetCommit), 9)}`
  type Topics = [name: string, partitionIndexes: number[]][] | null
  const ask = (
    label: string,
    groups: [groupId: string, topics: Topics, more?: object][],
    more: object = {},
  ) =>
    pair.ask(label, OffsetFetch, version, side => {
      const named = (topics: Topics): AnyAnswer =>
        topics?.map(([name, partitionIndexes]) => ({
          ...(ids === undefined
            ? { name }
            : { topicId: name === TOPIC ? ids[side] : 'AAAAAAAAAAAAAAAAAAAAAQ' }),
          partitionIndexes,
        })) ?? null
      if (version < 8) return { groupId: groups[0]![0], topics: named(groups[0]![1]), ...more }
      return {
        groups: groups.map(([groupId, topics, extra]) => ({ groupId, topics: named(topics), ...extra })),
        ...more,
      }
    })
  await ask('nothing', [[newest, []]])
  await ask('no partitions', [[newest, [[TOPIC, []]]]])
  await ask('a partition twice', [[newest, [[TOPIC, [0, 0]]]]])
  await ask('a partition below zero', [[newest, [[TOPIC, [-1]]]]])
  await ask('a topic twice', [
    [
      newest,
      [
        [TOPIC, [0]],
        [TOPIC, [1]],
      ],
    ],
  ])
  if (version < 10) await ask('a topic without a name', [[newest, [['', [0]]]]])
  if (version >= 7) await ask('only what is stable', [[newest, [[TOPIC, [0, 1]]]]], { requireStable: true })
  if (version < 8) return
  await ask('no groups', [])
  await ask('several groups', [
    [newest, null],
    ['nobody', null],
    ['', null],
    [newest, [[TOPIC, [1]]]],
  ])
  if (version < 9) return
  await ask('for a member that is none', [[newest, null, { memberId: 'stranger', memberEpoch: 3 }]])
  await ask('for a member of no group', [['nobody', null, { memberId: 'stranger', memberEpoch: 3 }]])
  await ask('for an epoch of nobody', [[newest, null, { memberId: null, memberEpoch: 0 }]])
}

export async function offsetDeletions(pair: Pair, version: number): Promise<void> {
  const groupId = 'edge-commit-7'
  const ask = (label: string, topics: [name: string, partitions: number[]][], group = groupId) =>
    pair.ask(label, OffsetDelete, version, {
      groupId: group,
      topics: topics.map(([name, partitions]) => ({
        name,
        partitions: partitions.map(partitionIndex => ({ partitionIndex })),
      })),
    })
  await ask('nothing', [])
  await ask('no partitions', [[TOPIC, []]])
  await ask('a partition below zero', [[TOPIC, [-1]]])
  await ask('an unknown topic', [['nobody', [0]]])
  await ask('a topic without a name', [['', [0]]])
  await ask('a partition twice', [[TOPIC, [0, 0]]])
  await ask('a topic twice', [
    [TOPIC, [1]],
    [TOPIC, [2]],
  ])
  await ask('one that is not kept', [[TOPIC, [2]]])
  const member = await joined(pair, pair.newest(JoinGroup), 'edge-subscribed', {
    protocols: [{ name: 'range', metadata: subscription(TOPIC) }],
  })
  await ask('before the assignment', [[TOPIC, [0]]], 'edge-subscribed')
  await pair.ask('the leader assigns', SyncGroup, 3, side => ({
    groupId: 'edge-subscribed',
    generationId: member[side].generationId ?? 1,
    memberId: member[side].memberId ?? '',
    assignments: [{ memberId: member[side].memberId ?? '', assignment: encodeUtf8('') }],
  }))
  await ask('of a topic that a member reads', [[TOPIC, [0]]], 'edge-subscribed')
  await ask('of a topic that nobody reads', [['grouped', [0]]], 'edge-subscribed')
}

/** A consumer's subscription, version 0, to one topic. */
function subscription(topic: string): Uint8Array {
  const name = encodeUtf8(topic)
  return Uint8Array.of(0, 0, 0, 0, 0, 1, 0, name.length, ...name, 255, 255, 255, 255)
}
