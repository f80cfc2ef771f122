import { ZERO_UUID } from '@samsa/base'
import {
  CreatePartitions,
  CreateTopics,
  DeleteTopics,
  DescribeCluster,
  DescribeLogDirs,
  DescribeTopicPartitions,
  Metadata,
} from '@samsa/protocol'
import { awaitTopics } from './await-topics.ts'
import type { Pair } from './pair.ts'
import { idsOf } from './record-script.ts'

const LONGEST = 249
const UNKNOWN_ID = 'AAAAAAAAAAAAAAAAAAAAAQ'

/** What requests about topics may say that nobody means: empty, doubled, too long, below zero. */
export async function topicEdges(pair: Pair): Promise<void> {
  const names = ['edge-a', 'edge-b']
  await pair.prepare(CreateTopics, {
    topics: names.map(name => plain(name, { numPartitions: 2 })),
    timeoutMs: 10_000,
  })
  await awaitTopics(pair, ...names)
  for (const version of pair.versions(Metadata)) await metadata(pair, version)
  for (const version of pair.versions(CreateTopics)) await creations(pair, version)
  for (const version of pair.versions(CreatePartitions)) await growth(pair, version)
  for (const version of pair.versions(DeleteTopics)) await deletions(pair, version)
  for (const version of pair.versions(DescribeLogDirs)) await directories(pair, version)
  for (const version of pair.versions(DescribeCluster).filter(one => one >= 1)) {
    for (const endpointType of [0, 3, -1])
      await pair.ask(`endpoints of type ${endpointType}`, DescribeCluster, version, {
        includeClusterAuthorizedOperations: false,
        endpointType,
      })
    if (version >= 2)
      await pair.ask('fenced ones too', DescribeCluster, version, {
        includeClusterAuthorizedOperations: false,
        includeFencedBrokers: true,
      })
  }
  for (const version of pair.versions(DescribeTopicPartitions)) await pages(pair, version)
}

const plain = (name: string, more: object = {}) => ({
  name,
  numPartitions: 1,
  replicationFactor: 1,
  assignments: [],
  configs: [],
  ...more,
})

async function metadata(pair: Pair, version: number): Promise<void> {
  const ask = (label: string, topics: { name: string | null; topicId?: string }[] | null, isMade = false) =>
    pair.ask(label, Metadata, version, {
      topics: topics as { name: string }[] | null,
      ...(version >= 4 ? { allowAutoTopicCreation: isMade } : {}),
    })
  await ask('a topic without a name', [{ name: '' }])
  await ask('dots', [{ name: '.' }, { name: '..' }])
  await ask('too long a name', [{ name: 'x'.repeat(LONGEST + 1) }], true)
  await ask('a name of other letters', [{ name: 'größe' }], true)
  await ask('a known topic and an impossible one', [{ name: 'edge-a' }, { name: 'a/b' }], true)
  await ask('a topic that is made by asking', [{ name: `edge-made-${version}` }], true)
  await awaitTopics(pair, `edge-made-${version}`)
  await ask('the topic that was made', [{ name: `edge-made-${version}` }])
  const all = version === 0 ? [] : null
  await pair.askUntilSettled('all topics', Metadata, version, { topics: all })
  if (version < 10) return
  const ids = await idsOf(pair, 'edge-a')
  pair.nameTopic(ids, 'edge-a')
  const byId = (label: string, ...topics: { name: string | null; topicId?: string }[]) =>
    pair.ask(label, Metadata, version, side => ({
      topics: topics.map(one => ({ ...one, topicId: one.topicId ?? ids[side] })),
      allowAutoTopicCreation: false,
    }))
  await byId('by its id', { name: null })
  await byId('by its id and its name', { name: 'edge-a' })
  await byId("by its id and another's name", { name: 'edge-b' })
  await byId('by its id twice', { name: null }, { name: null })
  await byId('by id and by name', { name: null }, { name: 'edge-b', topicId: ZERO_UUID })
  await byId('by an unknown id and a known one', { name: null, topicId: UNKNOWN_ID }, { name: null })
}

async function creations(pair: Pair, version: number): Promise<void> {
  const name = `create-edge-${version}`
  const ask = (label: string, topics: ReturnType<typeof plain>[], timeoutMs = 10_000) =>
    pair.ask(label, CreateTopics, version, { topics, timeoutMs })
  const given = (...assignments: { partitionIndex: number; brokerIds: number[] }[]) =>
    plain(`${name}-assigned`, { numPartitions: -1, replicationFactor: -1, assignments })
  await ask('nothing', [])
  await ask('the longest name', [plain(`${name}-`.padEnd(LONGEST, 'x'))])
  await ask('dots', [plain('..'), plain('.')])
  await ask('other letters', [plain('größe'), plain('a\u0000b'), plain('a/b')])
  await ask('an internal topic', [plain('__consumer_offsets')])
  await ask('two that collide with one that exists', [plain('edge.a'), plain('edge_a')])
  await ask('good and bad ones', [
    plain(`${name}-good`),
    plain(''),
    plain(`${name}-bad`, { numPartitions: 0 }),
  ])
  await ask('a good one and one twice', [plain(`${name}-once`), plain(`${name}-2`), plain(`${name}-2`)])
  await ask('no name twice', [plain(''), plain('')])
  await ask('one that exists twice', [plain('edge-a'), plain('edge-a')])
  await ask('minus two replicas', [plain(`${name}-m2`, { replicationFactor: -2 })])
  await ask('the default count of nothing else', [plain(`${name}-d1`, { numPartitions: -1 })])
  await ask('the default replicas of nothing else', [plain(`${name}-d2`, { replicationFactor: -1 })])
  await ask('no brokers for a partition', [given({ partitionIndex: 0, brokerIds: [] })])
  await ask('a broker below zero', [given({ partitionIndex: 0, brokerIds: [-1] })])
  await ask('a partition below zero', [given({ partitionIndex: -1, brokerIds: [1] })])
  await ask('a partition twice', [
    given({ partitionIndex: 0, brokerIds: [1] }, { partitionIndex: 0, brokerIds: [1] }),
  ])
  await ask('partitions of differing sizes', [
    given({ partitionIndex: 0, brokerIds: [1] }, { partitionIndex: 1, brokerIds: [1, 7] }),
  ])
  await ask('partitions in another order', [
    given({ partitionIndex: 1, brokerIds: [1] }, { partitionIndex: 0, brokerIds: [1] }),
  ])
  const configured = (label: string, ...configs: { name: string; value: string | null }[]) =>
    ask(label, [plain(`${name}-${label.replaceAll(' ', '-')}`, { configs })])
  await configured('an empty key', { name: '', value: '1' })
  await configured('an empty value', { name: 'retention.ms', value: '' })
  await configured('a key twice', { name: 'retention.ms', value: '1' }, { name: 'retention.ms', value: '2' })
  await configured('an empty policy', { name: 'cleanup.policy', value: '' })
  await configured('policies that contradict', { name: 'cleanup.policy', value: 'delete,none' })
  await configured('a policy twice', { name: 'cleanup.policy', value: 'delete,delete' })
  await configured('spaces around a number', { name: 'retention.ms', value: ' 1000 ' })
  await configured('another spelling of true', { name: 'preallocate', value: 'TRUE' })
  await configured('no truth value', { name: 'preallocate', value: 'yes' })
  await configured('a codec that is none', { name: 'compression.type', value: 'brotli' })
  await configured('a level of a codec', { name: 'compression.zstd.level', value: '99' })
  await configured('remote storage', { name: 'remote.storage.enable', value: 'true' })
  await configured('more local than whole', { name: 'local.retention.ms', value: '99999999999' })
  await configured(
    'lags the wrong way round',
    {
      name: 'max.compaction.lag.ms',
      value: '5',
    },
    { name: 'min.compaction.lag.ms', value: '10' },
  )
  await configured('throttled replicas', { name: 'leader.replication.throttled.replicas', value: '0:1,*' })
  await configured('all replicas throttled', { name: 'leader.replication.throttled.replicas', value: '*' })
  // The keys are always those of Kafka 4.
  if (version >= 2)
    await configured('an old message format', { name: 'message.format.version', value: '2.0' })
  if (version >= 2) await configured('an internal key', { name: 'internal.segment.bytes', value: '100' })
  await ask('no time', [plain(`${name}-t0`)], 0)
  await ask('less than no time', [plain(`${name}-t1`)], -1)
}

async function growth(pair: Pair, version: number): Promise<void> {
  const name = `grow-edge-${version}`
  await pair.prepare(CreateTopics, { topics: [plain(name), plain(`${name}-b`)], timeoutMs: 10_000 })
  await awaitTopics(pair, name, `${name}-b`)
  type Wanted = { name: string; count: number; assignments: { brokerIds: number[] }[] | null }
  const ask = (label: string, topics: Wanted[], timeoutMs = 10_000) =>
    pair.ask(label, CreatePartitions, version, { topics, timeoutMs, validateOnly: false })
  const to = (count: number, assignments: Wanted['assignments'] = null, of = name) => ({
    name: of,
    count,
    assignments,
  })
  await ask('no name', [to(3, null, '')])
  await ask('a name too long', [to(3, null, 'x'.repeat(LONGEST + 1))])
  await ask('an empty assignment', [to(2, [])])
  await ask('no brokers for a partition', [to(2, [{ brokerIds: [] }])])
  await ask('a broker twice', [to(2, [{ brokerIds: [1, 1] }])])
  await ask('a broker below zero', [to(2, [{ brokerIds: [-1] }])])
  await ask('more brokers than the others have', [to(2, [{ brokerIds: [1, 7] }])])
  await ask('an assignment of nothing new', [to(1, [{ brokerIds: [1] }])])
  await ask('a good one and bad ones', [to(2), to(2, null, 'nobody'), to(0, null, `${name}-b`)])
  await ask('a good one and one twice', [to(3), to(2, null, `${name}-b`), to(3, null, `${name}-b`)])
  await ask('far too many', [to(2_000_000_000)])
  await ask('no time', [to(4)], 0)
}

async function deletions(pair: Pair, version: number): Promise<void> {
  const name = `delete-edge-${version}`
  const names = ['a', 'b', 'c', 'd'].map(one => `${name}-${one}`)
  await pair.prepare(CreateTopics, { topics: names.map(one => plain(one)), timeoutMs: 10_000 })
  await awaitTopics(pair, ...names)
  const ask = (label: string, wanted: string[], timeoutMs = 10_000) => {
    const topics = wanted.map(one => ({ name: one, topicId: ZERO_UUID }))
    return pair.ask(label, DeleteTopics, version, {
      timeoutMs,
      ...(version >= 6 ? { topics } : { topicNames: wanted }),
    })
  }
  const [a = '', b = '', c = '', d = ''] = names
  await ask('a known one twice', [a, a])
  await ask('too long a name', ['x'.repeat(LONGEST + 1)])
  await ask('no name twice', ['', ''])
  await ask('one of each kind', [b, 'nobody', '', 'a/b'])
  await ask('one that was deleted', [b])
  await ask('no time', [c], 0)
  if (version < 6) return
  const ids = await idsOf(pair, d)
  pair.nameTopic(ids, d)
  const byId = (label: string, topics: { name: string | null; isZero?: boolean }[]) =>
    pair.ask(label, DeleteTopics, version, side => ({
      topics: topics.map(one => ({ name: one.name, topicId: one.isZero ? ZERO_UUID : ids[side] })),
      timeoutMs: 10_000,
    }))
  await byId('by id and name', [{ name: d }])
  await byId('by id twice', [{ name: null }, { name: null }])
  await byId('by id, and by name', [{ name: null }, { name: d, isZero: true }])
  await byId('by an empty name and an id', [{ name: '' }])
  await byId('by id', [{ name: null }])
  await byId('by the id of one that was deleted', [{ name: null }])
}

async function directories(pair: Pair, version: number): Promise<void> {
  const ask = (label: string, topics: { topic: string; partitions: number[] }[] | null) =>
    pair.ask(label, DescribeLogDirs, version, { topics })
  await ask('no name', [{ topic: '', partitions: [0] }])
  await ask('an impossible name', [{ topic: 'a/b', partitions: [0] }])
  await ask('no partitions', [{ topic: 'edge-a', partitions: [] }])
  await ask('a partition twice', [{ topic: 'edge-a', partitions: [0, 0] }])
  await ask('a partition below zero', [{ topic: 'edge-a', partitions: [-1] }])
  await ask('a topic twice', [
    { topic: 'edge-a', partitions: [0] },
    { topic: 'edge-a', partitions: [1] },
  ])
}

async function pages(pair: Pair, version: number): Promise<void> {
  const ask = (label: string, names: string[], more: object = {}) =>
    pair.ask(label, DescribeTopicPartitions, version, {
      topics: names.map(name => ({ name })),
      responsePartitionLimit: 100,
      ...more,
    })
  await ask('a page of more than there may be', ['edge-a'], { responsePartitionLimit: 2_000_000 })
  await ask('in another order', ['edge-b', 'edge-a'])
  await ask('from a topic that was not asked for', ['edge-b'], {
    cursor: { topicName: 'edge-a', partitionIndex: 1 },
  })
  await ask('an internal topic', ['__consumer_offsets'], { responsePartitionLimit: 3 })
}
