import { ZERO_UUID } from '@samsa/base'
import {
  ApiVersions,
  CreateTopics,
  DescribeCluster,
  DescribeLogDirs,
  DescribeTopicPartitions,
  FindCoordinator,
  ListOffsets,
  Metadata,
} from '@samsa/protocol'
import { awaitTopics } from './await-topics.ts'
import { awaitCoordinator } from './group-script.ts'
import type { Pair } from './pair.ts'

export async function cluster(pair: Pair): Promise<void> {
  const topics = ['cluster-a', 'cluster-b'].map(name => ({
    name,
    numPartitions: 2,
    replicationFactor: 1,
    assignments: [],
    configs: [],
  }))
  await pair.prepare(CreateTopics, { topics, timeoutMs: 10_000 })
  await awaitTopics(pair, 'cluster-a', 'cluster-b')
  for (const version of pair.versions(ApiVersions)) {
    await pair.ask('a named client asks', ApiVersions, version, {
      clientSoftwareName: 'parity',
      clientSoftwareVersion: '1',
    })
    await pair.ask('a badly named client asks', ApiVersions, version, {
      clientSoftwareName: '!',
      clientSoftwareVersion: '',
    })
  }
  for (const version of pair.versions(Metadata)) await metadata(pair, version)
  for (const version of pair.versions(DescribeCluster)) {
    await pair.ask('plain', DescribeCluster, version, { includeClusterAuthorizedOperations: false })
    await pair.ask('with operations', DescribeCluster, version, { includeClusterAuthorizedOperations: true })
    if (version >= 1)
      await pair.ask('controllers asked of a broker', DescribeCluster, version, {
        includeClusterAuthorizedOperations: false,
        endpointType: 2,
      })
  }
  await awaitCoordinator(pair)
  for (const version of pair.versions(FindCoordinator)) await coordinators(pair, version)
  for (const version of pair.versions(DescribeTopicPartitions)) await topicPartitions(pair, version)
  for (const version of pair.versions(DescribeLogDirs)) {
    const one = [{ topic: 'cluster-a', partitions: [0, 1, 7] }]
    await pair.ask('one topic and a missing partition', DescribeLogDirs, version, { topics: one })
    await pair.ask('no topics', DescribeLogDirs, version, { topics: [] })
    await pair.ask('two topics', DescribeLogDirs, version, {
      topics: ['cluster-b', 'cluster-a'].map(topic => ({ topic, partitions: [1] })),
    })
    await pair.ask('an unknown topic', DescribeLogDirs, version, {
      topics: [{ topic: 'nobody', partitions: [0] }],
    })
  }
  for (const version of pair.versions(ListOffsets)) {
    const partitions = [{ partitionIndex: 0, timestamp: -1 }]
    await pair.ask('an unknown topic', ListOffsets, version, {
      replicaId: -1,
      topics: [{ name: 'nobody', partitions }],
    })
  }
}

async function metadata(pair: Pair, version: number): Promise<void> {
  const named = (...names: string[]) => ({
    topics: names.map(name => ({ name })),
    ...(version >= 4 ? { allowAutoTopicCreation: false } : {}),
  })
  await pair.ask('two known topics', Metadata, version, named('cluster-a', 'cluster-b'))
  await pair.ask(
    'no topics',
    Metadata,
    version,
    version === 0 ? named('cluster-a') : { ...named(), topics: [] },
  )
  await pair.ask('an impossible name', Metadata, version, named('no spaces'))
  if (version >= 4) await pair.ask('an unknown topic', Metadata, version, named(`nobody-${version}`))
  if (version >= 1 && version < 10)
    await pair.ask('a name twice', Metadata, version, named('cluster-a', 'cluster-a'))
  if (version >= 8) {
    const operations = {
      includeTopicAuthorizedOperations: true,
      ...(version <= 10 ? { includeClusterAuthorizedOperations: true } : {}),
    }
    await pair.ask('operations', Metadata, version, { ...named('cluster-a'), ...operations })
  }
  if (version >= 12) {
    const topics = [{ topicId: 'AAAAAAAAAAAAAAAAAAAAAQ', name: null }]
    await pair.ask('an unknown id', Metadata, version, { topics, allowAutoTopicCreation: false })
    await pair.ask('neither id nor name', Metadata, version, {
      topics: [{ topicId: ZERO_UUID, name: null }],
      allowAutoTopicCreation: false,
    })
  }
}

async function coordinators(pair: Pair, version: number): Promise<void> {
  const key = (one: string, keyType: number) =>
    version >= 4 ? { keyType, coordinatorKeys: [one] } : version >= 1 ? { key: one, keyType } : { key: one }
  await pair.ask('a group', FindCoordinator, version, key('some-group', 0))
  await pair.ask('a group without a name', FindCoordinator, version, key('', 0))
  if (version >= 4) await pair.ask('no keys', FindCoordinator, version, { keyType: 0, coordinatorKeys: [] })
  if (version >= 4)
    await pair.ask('a group twice', FindCoordinator, version, { keyType: 0, coordinatorKeys: ['a', 'a'] })
  if (version >= 1) await pair.ask('an unknown type', FindCoordinator, version, key('x', 9))
  if (version >= 4)
    await pair.ask('several groups', FindCoordinator, version, { keyType: 0, coordinatorKeys: ['a', 'b'] })
}

async function topicPartitions(pair: Pair, version: number): Promise<void> {
  const topics = ['cluster-a', 'cluster-b', 'nobody'].map(name => ({ name }))
  await pair.ask('known and unknown', DescribeTopicPartitions, version, {
    topics,
    responsePartitionLimit: 100,
  })
  await pair.ask('a small page', DescribeTopicPartitions, version, { topics, responsePartitionLimit: 1 })
  await pair.ask('a topic twice', DescribeTopicPartitions, version, {
    topics: [topics[0]!, topics[0]!],
    responsePartitionLimit: 100,
  })
  await pair.ask('impossible names', DescribeTopicPartitions, version, {
    topics: ['no spaces', ''].map(name => ({ name })),
    responsePartitionLimit: 100,
  })
  for (const responsePartitionLimit of [0, -1])
    await pair.ask(`a page of ${responsePartitionLimit}`, DescribeTopicPartitions, version, {
      topics,
      responsePartitionLimit,
    })
  for (const [topicName, partitionIndex] of [
    ['cluster-a', 9],
    ['cluster-a', -1],
    ['cluster-aa', 0],
    ['zzz', 0],
  ] as const)
    await pair.ask(`from ${topicName} ${partitionIndex}`, DescribeTopicPartitions, version, {
      topics,
      responsePartitionLimit: 100,
      cursor: { topicName, partitionIndex },
    })
  const cursor = { topicName: 'cluster-a', partitionIndex: 1 }
  await pair.ask('from a cursor', DescribeTopicPartitions, version, {
    topics,
    responsePartitionLimit: 2,
    cursor,
  })
}
