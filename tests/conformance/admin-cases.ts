import { Admin, type Results, type TopicPartition } from '@samsa/client'
import { type Case, type Subject, eventually, expectEqual, uniqueName } from './case.ts'
import { Member, numbered, produce, untilShared } from './client.ts'

/** Runs a case with an admin client of its own. */
export function adminCase(
  name: string,
  run: (admin: Admin, subject: Subject) => Promise<void>,
  missing?: string,
): Case {
  return {
    name: `admin: ${name}`,
    skip: ({ name }) =>
      name === 'samsa' && missing !== undefined ? `Samsa does not serve ${missing} yet` : undefined,
    async run(subject) {
      await using admin = new Admin({ 'bootstrap.servers': subject.bootstrap })
      await run(admin, subject)
    },
  }
}

/** What became of each item, as text: 'ok' or the error's name. */
export function outcomesOf(results: Results<unknown, unknown>): string[] {
  return [...results].map(({ item, error }) => `${textOf(item)} ${error?.code ?? 'ok'}`)
}

function textOf(item: unknown): string {
  if (typeof item !== 'object' || item === null) return String(item)
  if ('topic' in item && 'partition' in item) return `${item.topic}-${item.partition}`
  return Object.values(item).join(':')
}

async function topicOf(admin: Admin, partitions = 1): Promise<string> {
  const name = uniqueName('admin')
  await admin.createTopic({ name, partitions, replicationFactor: 1 })
  // Brokers learn of it from the controller, a little later.
  await eventuallyTrue('the topic is there', async () => (await admin.describeTopic(name)) !== undefined)
  return name
}

const partition = (topic: string, partition: number): TopicPartition => ({ topic, partition })

/** What holds of the admin client on every broker. */
export const adminCases: readonly Case[] = [
  adminCase('creates topics, each for itself', async admin => {
    const [a, b, c] = [uniqueName('admin'), uniqueName('admin'), uniqueName('admin')]
    await admin.createTopics([{ name: c }], { validateOnly: true })
    const results = await admin
      .createTopics([
        { name: a, partitions: 3, replicationFactor: 1, configs: { 'retention.ms': 5000 } },
        { name: b, assignments: [[1], [1]] },
        { name: 'not/a/name', partitions: 1, replicationFactor: 1 },
        { name: c, partitions: 1, replicationFactor: 1, configs: { 'no.such.key': 1 } },
      ])
      .results()
    const expected = [`${a} ok`, `${b} ok`, 'not/a/name INVALID_TOPIC_EXCEPTION', `${c} INVALID_CONFIG`]
    expectEqual(outcomesOf(results), expected, 'outcomes')
    expectEqual(results.get(a).partitions, 3, 'partitions')
    expectEqual(results.get(a).configs?.get('retention.ms')?.value, '5000', 'its configuration')
    expectEqual(
      outcomesOf(await admin.createTopics([{ name: a }]).results()),
      [`${a} TOPIC_ALREADY_EXISTS`],
      'again',
    )
    const names = (await admin.listTopics()).map(({ name }) => name)
    expectEqual([names.includes(a), names.includes(b), names.includes(c)], [true, true, false], 'listed')
  }),
  adminCase('describes topics by name and id, in pages', async admin => {
    const [a, b] = [await topicOf(admin, 5), await topicOf(admin, 2)]
    const results = await admin
      .describeTopics([b, a, 'no-such-topic'], { partitionsPerAnswer: 2, includeAuthorizedOperations: true })
      .results()
    const errors = [`${b} ok`, `${a} ok`, 'no-such-topic UNKNOWN_TOPIC_OR_PARTITION']
    expectEqual(outcomesOf(results), errors, 'outcomes')
    const { topicId, partitions, authorizedOperations } = results.get(a)
    expectEqual(
      partitions.map(({ partition }) => partition),
      [0, 1, 2, 3, 4],
      'partitions',
    )
    expectEqual(partitions[0]!.isr, partitions[0]!.replicas, 'replicas')
    expectEqual(authorizedOperations?.includes('DESCRIBE'), true, 'operations')
    const byId = await admin.describeTopicsById([topicId!, 'AAAAAAAAAAAAAAAAAAAAfw']).results()
    expectEqual(byId.get(topicId!).name, a, 'name of the id')
    expectEqual(byId.errorOf('AAAAAAAAAAAAAAAAAAAAfw')?.code, 'UNKNOWN_TOPIC_ID', 'another id')
  }),
  adminCase('adds partitions, and deletes topics by name and id', async admin => {
    const [a, b] = [await topicOf(admin), await topicOf(admin)]
    const added = await admin
      .createPartitions([
        { topic: a, count: 3 },
        { topic: b, count: 1 },
        { topic: 'no-such-topic', count: 2 },
      ])
      .results()
    const expected = [`${a} ok`, `${b} INVALID_PARTITIONS`, 'no-such-topic UNKNOWN_TOPIC_OR_PARTITION']
    expectEqual(outcomesOf(added), expected, 'adding')
    await eventuallyTrue(
      'there are three',
      async () => (await admin.describeTopic(a)).partitions.length === 3,
    )
    const { topicId } = await admin.describeTopic(a)
    const deleted = await admin.deleteTopics([b, 'no-such-topic']).results()
    expectEqual(outcomesOf(deleted), [`${b} ok`, 'no-such-topic UNKNOWN_TOPIC_OR_PARTITION'], 'by name')
    await admin.deleteTopicsById([topicId!])
    const error = (await admin.deleteTopicsById([topicId!]).results()).errorOf(topicId!)
    expectEqual(error?.code, 'UNKNOWN_TOPIC_ID', 'by id, again')
  }),
  adminCase('finds offsets by position and time, and deletes records before one', async (admin, subject) => {
    const topic = await topicOf(admin, 2)
    const before = Date.now()
    await produce(subject, topic, numbered(10), 2)
    const offsets = async (at: Parameters<Admin['listOffsets']>[0][number]['at']) =>
      (await admin.listOffsets([0, 1].map(partition => ({ topic, partition, at }))))
        .values()
        .map(({ offset }) => offset)
    expectEqual(await offsets('latest'), [5, 5], 'latest')
    expectEqual(await offsets({ timestamp: before }), [0, 0], 'by time')
    expectEqual(await offsets({ timestamp: Date.now() + 60_000 }), [-1, -1], 'in the future')
    const [largest] = (await admin.listOffsets([{ topic, partition: 0, at: 'max-timestamp' }])).values()
    expectEqual(largest!.timestamp >= before && largest!.offset >= 0, true, 'largest timestamp')
    const deleted = await admin
      .deleteRecords([
        { topic, partition: 0, offset: 3 },
        { topic, partition: 1, offset: -1 },
      ])
      .values()
    expectEqual(deleted, [3, 5], 'first offsets left')
    expectEqual(await offsets('earliest'), [3, 5], 'earliest')
    const beyond = await admin.deleteRecords([{ topic, partition: 0, offset: 99 }]).results()
    expectEqual(outcomesOf(beyond), [`${topic}-0 OFFSET_OUT_OF_RANGE`], 'beyond the end')
  }),
  adminCase('knows no partitions that are not there', async admin => {
    const topic = await topicOf(admin)
    const queries = [partition(topic, 0), partition(topic, 7), partition('no-such-topic', 0)]
    const expected = [
      `${topic}-0 ok`,
      `${topic}-7 UNKNOWN_TOPIC_OR_PARTITION`,
      'no-such-topic-0 UNKNOWN_TOPIC_OR_PARTITION',
    ]
    expectEqual(outcomesOf(await admin.listOffsets(queries).results()), expected, 'outcomes')
  }),
  adminCase('changes configurations key by key', async admin => {
    const topic = await topicOf(admin)
    const resource = { type: 'TOPIC' as const, name: topic }
    const value = async (key: string) => (await admin.describeConfigs([resource])).get(resource).get(key)
    await admin.incrementalAlterConfigs([
      { ...resource, set: { 'retention.ms': 1000 }, append: { 'cleanup.policy': 'compact' } },
    ])
    await eventuallyTrue('a value is set', async () => {
      return (await value('retention.ms'))?.source === 'DYNAMIC_TOPIC_CONFIG'
    })
    expectEqual((await value('cleanup.policy'))?.value, 'delete,compact', 'a list appended to')
    await admin.incrementalAlterConfigs([
      { ...resource, delete: ['retention.ms'], subtract: { 'cleanup.policy': ['delete'] } },
    ])
    await eventuallyTrue(
      'it is the default again',
      async () => (await value('retention.ms'))?.isDefault === true,
    )
    expectEqual((await value('cleanup.policy'))?.value, 'compact', 'a list taken from')
    const wrong = await admin
      .incrementalAlterConfigs([{ ...resource, set: { 'retention.ms': 'long' } }], { validateOnly: true })
      .results()
    expectEqual(outcomesOf(wrong), [`TOPIC:${topic} INVALID_CONFIG`], 'a wrong value')
  }),
  adminCase("tells a broker's configuration with synonyms and documentation", async admin => {
    const [broker] = (await admin.describeCluster()).brokers
    const resource = { type: 'BROKER' as const, name: String(broker!.id) }
    const options = {
      includeSynonyms: true,
      includeDocumentation: true,
      keys: ['log.retention.ms', 'num.partitions'],
    }
    const entries = (await admin.describeConfigs([resource], options)).get(resource)
    expectEqual([...entries.keys()].sort(), ['log.retention.ms', 'num.partitions'], 'keys')
    const { type, documentation, synonyms } = entries.get('num.partitions')!
    expectEqual(type, 'INT', 'type')
    expectEqual(documentation !== undefined && synonyms.length > 0, true, 'documentation and synonyms')
    const other = await admin.describeConfigs([{ type: 'BROKER', name: '4711' }]).results()
    expectEqual(outcomesOf(other), ['BROKER:4711 BROKER_NOT_AVAILABLE'], 'a broker that is not there')
  }),
  adminCase('describes the cluster, what its brokers speak, and their log directories', async admin => {
    const topic = await topicOf(admin, 2)
    const { clusterId, brokers, controller } = await admin.describeCluster({
      includeAuthorizedOperations: true,
    })
    expectEqual([clusterId !== undefined, controller?.id], [true, brokers[0]!.id], 'cluster')
    const ids = brokers.map(({ id }) => id)
    const versions = (await admin.describeApiVersions(ids)).get(ids[0]!)
    expectEqual(
      versions.some(({ name }) => name === 'Produce'),
      true,
      'versions',
    )
    const logDirs = async () => (await admin.describeLogDirs(ids)).get(ids[0]!)
    await eventuallyTrue('both replicas are there', async () => {
      const replicas = [...(await logDirs()).values()].flatMap(({ replicas }) => replicas)
      return replicas.filter(one => one.topic === topic).length === 2
    })
    const dirs = await logDirs()
    const replica = { topic, partition: 1, broker: ids[0]! }
    const place = (await admin.describeReplicaLogDirs([replica])).get(replica)
    expectEqual(place.current?.path, [...dirs.keys()][0], 'the place of a replica')
  }),
  adminCase('alters, lists and deletes the offsets of a group, and deletes groups', async admin => {
    const topic = await topicOf(admin, 3)
    const groupId = uniqueName('group')
    const altered = await admin
      .alterGroupOffsets(groupId, [
        { ...partition(topic, 0), offset: 5, metadata: 'five' },
        { ...partition(topic, 1), offset: 6 },
      ])
      .results()
    expectEqual(outcomesOf(altered), [`${topic}-0 ok`, `${topic}-1 ok`], 'altered')
    const listed = (await admin.listGroupOffsets([{ groupId }])).get(groupId)
    expectEqual(listed.get(partition(topic, 0)), { offset: 5, metadata: 'five' }, 'an offset')
    const partitions = [partition(topic, 1), partition(topic, 2)]
    const some = (await admin.listGroupOffsets([{ groupId, partitions }])).get(groupId)
    expectEqual([some.get(partitions[0]!)?.offset, some.get(partitions[1]!)], [6, undefined], 'some')
    const group = (await admin.listGroups({ states: ['Empty'] })).find(one => one.groupId === groupId)
    expectEqual([group?.type, group?.protocolType], ['classic', ''], 'listed')
    const gone = await admin.deleteGroupOffsets(groupId, [partition(topic, 0)]).results()
    expectEqual(outcomesOf(gone), [`${topic}-0 ok`], 'deleted')
    expectEqual((await admin.listGroupOffsets([{ groupId }])).get(groupId).size, 1, 'left')
    const deleted = await admin.deleteGroups([groupId, 'no-such-group']).results()
    expectEqual(outcomesOf(deleted), [`${groupId} ok`, 'no-such-group GROUP_ID_NOT_FOUND'], 'groups deleted')
  }),
  adminCase('describes a group with members, and removes one', async (admin, subject) => {
    const topic = await topicOf(admin, 2)
    const groupId = uniqueName('group')
    const member = new Member(subject, [topic], { 'group.id': groupId, 'group.instance.id': 'one' })
    await untilShared([member], [2])
    const results = await admin.describeConsumerGroups([groupId, 'no-such-group']).results()
    const group = results.get(groupId)
    expectEqual([group.type, group.state, group.assignor], ['classic', 'Stable', 'range'], 'the group')
    expectEqual(group.members[0]!.assignment, [partition(topic, 0), partition(topic, 1)], 'assignment')
    expectEqual(group.members[0]!.instanceId, 'one', 'instance')
    expectEqual(group.coordinator !== undefined, true, 'coordinator')
    expectEqual(results.errorOf('no-such-group')?.code, 'GROUP_ID_NOT_FOUND', 'another group')
    const busy = await admin.deleteGroups([groupId]).results()
    expectEqual(outcomesOf(busy), [`${groupId} NON_EMPTY_GROUP`], 'a group with members')
    const offsets = [{ ...partition(topic, 0), offset: 1 }]
    const refused = (await admin.alterGroupOffsets(groupId, offsets).results()).errorOf(partition(topic, 0))
    expectEqual(refused?.code, 'UNKNOWN_MEMBER_ID', 'offsets of a group with members')
    const removed = await admin
      .removeGroupMembers(groupId, [{ instanceId: 'one' }, { instanceId: 'two' }])
      .results()
    expectEqual(outcomesOf(removed), ['one ok', 'two UNKNOWN_MEMBER_ID'], 'removed')
    await member.stop().catch(() => {})
  }),
  adminCase('says which API a broker lacks', async admin => {
    const error = await admin.clientInstanceId().catch(error => error)
    expectEqual(error.code, 'UNSUPPORTED', 'code')
    expectEqual(error.message.includes('GetTelemetrySubscriptions'), true, 'names the API')
  }),
]

/** What holds of the admin client where Samsa's broker has nothing to answer yet. */
export const adminOnlyKafkaCases: readonly Case[] = [
  adminCase(
    'lists resources that have a configuration, client metrics among them',
    async admin => {
      const name = uniqueName('metrics')
      await admin.incrementalAlterConfigs([{ type: 'CLIENT_METRICS', name, set: { 'interval.ms': 5000 } }])
      await eventuallyTrue('the subscription is listed', async () =>
        (await admin.listClientMetricsResources()).includes(name),
      )
      const resources = await admin.listConfigResources(['CLIENT_METRICS', 'BROKER'])
      expectEqual(
        resources.some(one => one.type === 'CLIENT_METRICS' && one.name === name),
        true,
        'listed',
      )
    },
    'client metrics',
  ),
  adminCase(
    'describes and checks features',
    async admin => {
      const { finalized, supported, finalizedEpoch } = await admin.describeFeatures()
      expectEqual(finalized.has('metadata.version') && supported.has('group.version'), true, 'features')
      expectEqual(finalizedEpoch! >= 0, true, 'epoch')
      const updates = [{ feature: 'no.such.feature', maxVersion: 1 }]
      const outcomes = outcomesOf(await admin.updateFeatures(updates, { validateOnly: true }).results())
      expectEqual(outcomes, ['no.such.feature INVALID_UPDATE_VERSION'], 'an update')
    },
    'UpdateFeatures',
  ),
  adminCase(
    'describes the metadata quorum',
    async admin => {
      const { leaderId, voters, nodes } = await admin.describeMetadataQuorum()
      expectEqual([voters.length, voters[0]!.id, nodes.has(leaderId)], [1, leaderId, true], 'quorum')
    },
    'DescribeQuorum',
  ),
  adminCase(
    'elects leaders and reassigns partitions',
    async admin => {
      const topic = await topicOf(admin, 2)
      const elected = await admin
        .electLeaders('PREFERRED', [partition(topic, 0), partition('no-such-topic', 0)])
        .results()
      const expected = [`${topic}-0 ELECTION_NOT_NEEDED`, 'no-such-topic-0 UNKNOWN_TOPIC_OR_PARTITION']
      expectEqual(outcomesOf(elected), expected, 'elections')
      const moves = [
        { ...partition(topic, 0), replicas: [1] },
        { ...partition(topic, 1), replicas: null },
      ]
      const moved = await admin.alterPartitionReassignments(moves).results()
      expectEqual(
        outcomesOf(moved),
        [`${topic}-0 ok`, `${topic}-1 NO_REASSIGNMENT_IN_PROGRESS`],
        'reassigned',
      )
      expectEqual(await admin.listPartitionReassignments([partition(topic, 0)]), [], 'under way')
    },
    'ElectLeaders and AlterPartitionReassignments',
  ),
  adminCase(
    'sets and removes quotas',
    async admin => {
      const entity = { user: uniqueName('user'), 'client-id': null }
      await admin.alterClientQuotas([{ entity, set: { producer_byte_rate: 1000, request_percentage: 12.5 } }])
      const components = [{ entityType: 'user', name: entity.user }, { entityType: 'client-id' }]
      const quotas = () => admin.describeClientQuotas({ components, strict: true })
      await eventuallyTrue('the quota is there', async () => (await quotas()).length === 1)
      const [quota] = await quotas()
      expectEqual(quota!.values['request_percentage'], 12.5, 'value')
      expectEqual(quota!.entity['client-id'], null, 'the default entity')
      await admin.alterClientQuotas([{ entity, remove: ['producer_byte_rate', 'request_percentage'] }])
      await eventuallyTrue('the quota is gone', async () => (await quotas()).length === 0)
    },
    'AlterClientQuotas',
  ),
  adminCase(
    'sets and removes SCRAM credentials',
    async admin => {
      const user = uniqueName('user')
      await admin.alterUserScramCredentials([
        { user, mechanism: 'SCRAM-SHA-512', password: 'x', iterations: 5000 },
      ])
      await eventuallyTrue('the credential is there', async () => {
        const results = await admin.describeUserScramCredentials([user]).results()
        return results.errorOf(user) === undefined && results.get(user)[0]?.iterations === 5000
      })
      await admin.alterUserScramCredentials([{ user, mechanism: 'SCRAM-SHA-512', delete: true }])
      await eventuallyTrue('the credential is gone', async () => {
        const results = await admin.describeUserScramCredentials([user]).results()
        return results.errorOf(user)?.code === 'RESOURCE_NOT_FOUND'
      })
    },
    'AlterUserScramCredentials',
  ),
  adminCase(
    'says that access rules need an authorizer',
    async admin => {
      const error = await admin.describeAcls().catch(error => error)
      expectEqual(error.code, 'SECURITY_DISABLED', 'code')
    },
    'DescribeAcls',
  ),
  adminCase(
    'lists, describes and fences transactional ids',
    async admin => {
      const [a, b] = [uniqueName('tx'), uniqueName('tx')]
      const fenced = await admin.fenceProducers([a, b])
      expectEqual(fenced.get(a).producerEpoch, 0, 'epoch')
      const again = await admin.fenceProducers([a])
      expectEqual(again.get(a).producerEpoch, 1, 'epoch after another one')
      const listed = await admin.listTransactions({ producerIds: [fenced.get(b).producerId] })
      expectEqual(
        listed.map(({ transactionalId }) => transactionalId),
        [b],
        'listed',
      )
      const described = await admin.describeTransactions([a, 'no-such-id']).results()
      expectEqual(outcomesOf(described), [`${a} ok`, 'no-such-id TRANSACTIONAL_ID_NOT_FOUND'], 'described')
      expectEqual(described.get(a).state, 'Empty', 'state')
    },
    'ListTransactions and DescribeTransactions',
  ),
  adminCase(
    'describes the producers of a partition',
    async (admin, subject) => {
      const topic = await topicOf(admin)
      await produce(subject, topic, numbered(3))
      const at = partition(topic, 0)
      const [producer] = (await admin.describeProducers([at])).get(at)
      expectEqual(
        [producer?.lastSequence, producer?.currentTransactionStartOffset],
        [2, undefined],
        'a producer',
      )
      const unknown = await admin.describeProducers([partition('no-such-topic', 0)]).results()
      expectEqual(outcomesOf(unknown), ['no-such-topic-0 UNKNOWN_TOPIC_OR_PARTITION'], 'another topic')
    },
    'DescribeProducers',
  ),
]

/** Waits until something that has to be asked for holds. */
export async function eventuallyTrue(what: string, holds: () => Promise<boolean>): Promise<void> {
  let isTrue = false
  let isAsking = false
  await eventually(what, () => {
    if (!isTrue && !isAsking) {
      isAsking = true
      holds().then(
        answer => {
          isTrue = answer
          isAsking = false
        },
        () => {
          isAsking = false
        },
      )
    }
    return isTrue
  })
}
