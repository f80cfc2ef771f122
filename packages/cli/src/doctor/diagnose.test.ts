import { KafkaError, type TopicDescription } from '@samsa/client'
import { describe, expect, it } from 'vitest'
import type { ClusterFacts, GroupFacts } from './cluster-facts.ts'
import { diagnose } from './diagnose.ts'

const brokerOf = (id: number, host = `kafka-${id}`) => ({
  id,
  host,
  port: 9092,
  rack: undefined,
  isFenced: false,
})

interface Partition {
  leader?: number | undefined
  replicas?: number[]
  isr?: number[]
}

function topicOf(name: string, ...partitions: Partition[]): TopicDescription {
  return {
    name,
    topicId: undefined,
    isInternal: name.startsWith('__'),
    authorizedOperations: undefined,
    partitions: (partitions.length === 0 ? [{}] : partitions).map((given, partition) => ({
      partition,
      leader: 'leader' in given ? given.leader : 1,
      leaderEpoch: 0,
      replicas: given.replicas ?? [1, 2, 3],
      isr: given.isr ?? given.replicas ?? [1, 2, 3],
      offlineReplicas: [],
      eligibleLeaderReplicas: undefined,
      lastKnownEligibleLeaderReplicas: undefined,
    })),
  }
}

const soundTopic = {
  'min.insync.replicas': '2',
  'cleanup.policy': 'delete',
  'retention.ms': '604800000',
  'retention.bytes': '-1',
  'segment.bytes': '1073741824',
  'segment.ms': '604800000',
  'unclean.leader.election.enable': 'false',
}
const soundBroker = {
  'auto.create.topics.enable': 'false',
  'default.replication.factor': '3',
  'log.dirs': '/srv',
}

interface Given extends Partial<Omit<ClusterFacts, 'topicSettings' | 'brokerSettings'>> {
  topic?: Record<string, string>
  broker?: Record<string, string>
}

/** What a sound cluster of three has to be seen to when it is as given. */
function checksOf({ topic, broker, ...given }: Given): string[] {
  const brokers = given.brokers ?? [brokerOf(1), brokerOf(2), brokerOf(3)]
  const topics = given.topics ?? [topicOf('orders')]
  const settings = new Map(Object.entries({ ...soundTopic, ...topic }))
  const facts: ClusterFacts = {
    bootstrapServers: 'kafka-1:9092',
    unreached: new Map(),
    groups: [],
    unknown: [],
    ...given,
    brokers,
    topics,
    topicSettings: new Map(topics.map(({ name }) => [name, settings])),
    brokerSettings: new Map(
      brokers.map(({ id }) => [id, new Map(Object.entries({ ...soundBroker, ...broker }))]),
    ),
  }
  return diagnose(facts, 100).map(({ level, check, items }) => `${level} ${check}: ${items.join(', ')}`)
}

const groupOf = (hasMembers: boolean, committed: number, start = 0, end = 1000): GroupFacts => ({
  groupId: 'billing',
  hasMembers,
  partitions: [{ topic: 'orders', partition: 0, committed, start, end }],
})

describe('a diagnosis', () => {
  it('of a sound cluster finds nothing', () => {
    expect(checksOf({ groups: [groupOf(true, 950)] })).toEqual([])
  })

  it.each<[string, Given, string]>([
    [
      'a broker that does not answer where it says',
      { unreached: new Map([[2, new KafkaError('DISCONNECTED')]]) },
      'problem advertised-address: broker 2',
    ],
    [
      'an advertised loopback address, asked from elsewhere',
      { brokers: [brokerOf(1, 'localhost'), brokerOf(2), brokerOf(3)] },
      'problem advertised-loopback: broker 1',
    ],
    [
      'a partition without leader',
      { topics: [topicOf('orders', {}, { leader: undefined })] },
      'problem offline-partitions: orders-1',
    ],
    [
      'missing replicas',
      { topics: [topicOf('orders', { isr: [1, 2] })] },
      'problem under-replicated: orders-0',
    ],
    [
      'too few replicas in sync',
      { topics: [topicOf('orders', { isr: [1] })] },
      'problem under-min-isr: orders-0',
    ],
    ['another leader', { topics: [topicOf('orders', { leader: 2 })] }, 'hint other-leader: orders-0'],
    [
      'a minimum above the replicas',
      { topic: { 'min.insync.replicas': '4' } },
      'problem min-isr-unreachable: orders',
    ],
    ['a minimum of all replicas', { topic: { 'min.insync.replicas': '3' } }, 'warning min-isr-all: orders'],
    ['a minimum of one', { topic: { 'min.insync.replicas': '1' } }, 'hint min-isr-one: orders'],
    [
      'unclean elections',
      { topic: { 'unclean.leader.election.enable': 'true' } },
      'warning unclean-election: orders',
    ],
    ['small segments', { topic: { 'segment.bytes': '14000' } }, 'warning tiny-segments: orders'],
    ['short-lived segments', { topic: { 'segment.ms': '1000' } }, 'warning tiny-segments: orders'],
    ['no retention', { topic: { 'retention.ms': '-1' } }, 'hint unlimited-retention: orders'],
    ['hasty retention', { topic: { 'retention.ms': '1000' } }, 'warning short-retention: orders'],
    [
      'topics made by themselves',
      { broker: { 'auto.create.topics.enable': 'true' } },
      'hint auto-create: broker 1, broker 2, broker 3',
    ],
    [
      'one replica by default',
      { broker: { 'default.replication.factor': '1' } },
      'warning default-replication: broker 1, broker 2, broker 3',
    ],
    [
      'data in /tmp',
      { broker: { 'log.dirs': '/tmp/kafka-logs' } },
      'warning data-in-tmp: broker 1, broker 2, broker 3',
    ],
    ['lag', { groups: [groupOf(true, 800)] }, 'warning lag: billing (200 behind)'],
    ['a group without members', { groups: [groupOf(false, 999)] }, 'hint nobody-reads: billing (1 behind)'],
    [
      'an offset beyond the end',
      { groups: [groupOf(true, 1001)] },
      'problem offset-beyond-end: billing in orders-0',
    ],
    [
      'what could not be asked',
      { unknown: [{ what: 'The groups', error: new KafkaError('TIMED_OUT') }] },
      'warning not-told: ',
    ],
  ])('finds %s', (_, given, found) => {
    expect(checksOf(given)).toEqual([found])
  })

  it('finds records that were deleted before they were read', () => {
    expect(checksOf({ groups: [groupOf(true, 5, 950)] })).toEqual([
      'problem records-missed: billing in orders-0',
    ])
  })

  it('finds a single replica where there could be more', () => {
    const topics = [topicOf('orders', { replicas: [1] })]
    expect(checksOf({ topics, topic: { 'min.insync.replicas': '1' } })).toEqual([
      'warning one-replica: orders',
    ])
  })

  it('asks no replicas of a single broker, and says that it is one', () => {
    const topics = [topicOf('orders', { replicas: [1] })]
    const alone = { brokers: [brokerOf(1)], broker: { 'default.replication.factor': '1' } }
    expect(checksOf({ ...alone, topics, topic: { 'min.insync.replicas': '1' } })).toEqual([
      'hint one-broker: broker 1',
    ])
  })
})
