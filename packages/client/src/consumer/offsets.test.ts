import { ZERO_UUID, silentLogger, simulatedWorld } from '@samsa/base'
import { FindCoordinator, Metadata, OffsetCommit, OffsetFetch } from '@samsa/protocol'
import { afterEach, describe, expect, it } from 'vitest'
import { Cluster } from '../cluster/index.ts'
import { clientConfig } from '../config/client-config.ts'
import { readConfig } from '../config/read-config.ts'
import { KafkaError } from '../errors.ts'
import {
  type PeerOptions,
  ScriptedPeer,
  type ScriptedTopic,
  metadataAnswer,
} from '../testing/scripted-peer.ts'
import { commitOffsets, fetchCommitted } from './offsets.ts'

const world = simulatedWorld(11, { name: 'client' })
const open: Array<{ close(): Promise<void> }> = []
let hosts = 0

afterEach(async () => {
  for (const one of open.splice(0)) await world.finish(one.close())
})

const ID = 'AAAAAAAAAAAAAAAAAAAAAg'
const member = {
  groupId: 'g',
  generationId: 3,
  memberId: 'm',
  groupInstanceId: undefined,
  protocol: 'consumer',
} as const
const offset = { topic: 't', partition: 1, offset: 7, metadata: 'noted' }

/** A client that knows these topics, of a broker that has committed offset 7 of whatever it is asked about. */
async function setting(topics: ScriptedTopic[], versions: PeerOptions['versions'] = {}) {
  const host = `offsets${hosts++}`
  const peer = await world.finish(ScriptedPeer.listen(world, { host, versions }))
  peer.on(Metadata, () => metadataAnswer({ 1: peer.address }, topics))
  peer.on(FindCoordinator, () => {
    const coordinator = {
      key: 'g',
      nodeId: 1,
      host,
      port: 9092,
      errorCode: 'NONE' as const,
      errorMessage: null,
    }
    return { coordinators: [coordinator] }
  })
  peer.on(OffsetCommit, ({ request, version }) => ({
    topics: request.topics.map(({ name, topicId, partitions }) => ({
      ...(version >= 10 ? { topicId } : { name }),
      partitions: partitions.map(({ partitionIndex }) => ({ partitionIndex, errorCode: 'NONE' as const })),
    })),
  }))
  peer.on(OffsetFetch, ({ request, version }) => ({
    groups: request.groups.map(({ groupId, topics }) => ({
      groupId,
      topics: topics!.map(({ name, topicId, partitionIndexes }) => ({
        ...(version >= 10 ? { topicId } : { name }),
        partitions: partitionIndexes.map(partitionIndex => ({
          partitionIndex,
          committedOffset: 7,
          metadata: 'noted',
          errorCode: 'NONE' as const,
        })),
      })),
    })),
  }))
  const config = readConfig(clientConfig, { 'bootstrap.servers': peer.address })
  const cluster = new Cluster(config, { world, logger: silentLogger })
  open.push(cluster, peer)
  await world.finish(cluster.metadata.refresh())
  return { peer, cluster }
}

describe('offsets of a group', () => {
  it('go with the ids of their topics where all are known', async () => {
    const { peer, cluster } = await setting([{ name: 't', id: ID, leaders: [1, 1] }])
    await world.finish(commitOffsets(cluster, member, [offset]))
    expect(await world.finish(fetchCommitted(cluster, 'g', [offset], member))).toEqual([offset])
    for (const { version, request } of [...peer.of(OffsetCommit), ...peer.of(OffsetFetch)]) {
      expect(version).toBe(10)
      const { topics } = 'groups' in request ? request.groups[0]! : request
      expect(topics).toMatchObject([{ name: '', topicId: ID }])
    }
  })

  it.each([
    ['a topic’s id is not', [{ name: 't', leaders: [1, 1] }], {}],
    ['the topic is not', [], {}],
    [
      'the broker does not take ids',
      [{ name: 't', id: ID, leaders: [1, 1] }],
      { OffsetCommit: 9, OffsetFetch: 9 },
    ],
  ] as [string, ScriptedTopic[], PeerOptions['versions']][])(
    'go with names when %s known',
    async (_, topics, versions) => {
      const { peer, cluster } = await setting(topics, versions)
      await world.finish(commitOffsets(cluster, member, [offset]))
      expect(await world.finish(fetchCommitted(cluster, 'g', [offset], member))).toEqual([offset])
      expect(peer.of(OffsetCommit)[0]).toMatchObject({
        version: 9,
        request: { topics: [{ name: 't', topicId: ZERO_UUID }] },
      })
      expect(peer.of(OffsetFetch)[0]).toMatchObject({
        version: 9,
        request: { groups: [{ topics: [{ name: 't', topicId: ZERO_UUID }] }] },
      })
    },
  )

  it('are asked for again when the broker does not know the id yet', async () => {
    const { peer, cluster } = await setting([{ name: 't', id: ID, leaders: [1, 1] }])
    peer.on(OffsetCommit, () => ({
      topics: [{ topicId: ID, partitions: [{ partitionIndex: 1, errorCode: 'UNKNOWN_TOPIC_ID' as const }] }],
    }))
    const failure = await world.finish(commitOffsets(cluster, member, [offset]).catch(error => error))
    expect(failure).toBeInstanceOf(KafkaError)
    expect(failure).toMatchObject({ code: 'UNKNOWN_TOPIC_ID', retriable: true })
    expect(failure.message).toContain('the offset of t-1 in the group')
  })
})
