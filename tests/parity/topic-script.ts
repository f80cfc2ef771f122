import { ZERO_UUID } from '@samsa/base'
import { CreatePartitions, CreateTopics, DeleteTopics, Metadata } from '@samsa/protocol'
import { awaitTopics } from './await-topics.ts'
import type { Pair } from './pair.ts'

interface Wanted {
  readonly name: string
  readonly numPartitions?: number
  readonly replicationFactor?: number
  readonly assignments?: { partitionIndex: number; brokerIds: number[] }[]
  readonly configs?: { name: string; value: string | null }[]
}

const topic = (wanted: Wanted) => ({
  numPartitions: 1,
  replicationFactor: 1,
  assignments: [],
  configs: [],
  ...wanted,
})

export async function topics(pair: Pair): Promise<void> {
  for (const version of pair.versions(CreateTopics)) await creations(pair, version)
  for (const version of pair.versions(CreatePartitions)) await growth(pair, version)
  for (const version of pair.versions(DeleteTopics)) await deletions(pair, version)
}

async function creations(pair: Pair, version: number): Promise<void> {
  const ask = (label: string, ...topics: Wanted[]) =>
    pair.ask(label, CreateTopics, version, { topics: topics.map(topic), timeoutMs: 10_000 })
  const name = `create-${version}`
  await ask('a plain topic', { name })
  await ask('a topic that exists', { name })
  await ask('a name twice', { name: `${name}-twice` }, { name: `${name}-twice` })
  await ask('an empty name', { name: '' })
  await ask('a dot', { name: '.' })
  await ask('a name with spaces', { name: 'no spaces' })
  await ask('a name of 250 letters', { name: 'x'.repeat(250) })
  await ask('names that collide as metrics', { name: `${name}.a_b` }, { name: `${name}_a.b` })
  await ask('no partitions', { name: `${name}-0`, numPartitions: 0 })
  await ask('minus two partitions', { name: `${name}-m2`, numPartitions: -2 })
  await ask('three replicas of one broker', { name: `${name}-r3`, replicationFactor: 3 })
  await ask('no replicas', { name: `${name}-r0`, replicationFactor: 0 })
  await ask('an unknown configuration key', {
    name: `${name}-c1`,
    configs: [{ name: 'no.such.key', value: '1' }],
  })
  await ask('a bad configuration value', {
    name: `${name}-c2`,
    configs: [{ name: 'retention.ms', value: 'soon' }],
  })
  await ask('a value out of bounds', { name: `${name}-c3`, configs: [{ name: 'segment.bytes', value: '1' }] })
  await ask('a missing value', { name: `${name}-c4`, configs: [{ name: 'retention.ms', value: null }] })
  await ask('a good configuration', {
    name: `${name}-c5`,
    configs: [{ name: 'retention.ms', value: '1000' }],
  })
  if (version >= 4)
    await ask("the broker's defaults", { name: `${name}-d`, numPartitions: -1, replicationFactor: -1 })
  const assigned = { numPartitions: -1, replicationFactor: -1 }
  const given = (...brokerIds: number[]) => [{ partitionIndex: 0, brokerIds }]
  await ask('an assignment', { name: `${name}-a1`, ...assigned, assignments: given(1) })
  await ask('an assignment to a stranger', { name: `${name}-a2`, ...assigned, assignments: given(7) })
  await ask('an assignment and a count', { name: `${name}-a3`, numPartitions: 1, assignments: given(1) })
  await ask('an assignment with a gap', {
    name: `${name}-a4`,
    ...assigned,
    assignments: [{ partitionIndex: 1, brokerIds: [1] }],
  })
  await ask('a broker twice in an assignment', { name: `${name}-a5`, ...assigned, assignments: given(1, 1) })
  if (version >= 1) {
    const topics = [topic({ name: `${name}-v` }), topic({ name: `${name}-v0`, numPartitions: 0 })]
    await pair.ask('only to validate', CreateTopics, version, {
      topics,
      timeoutMs: 10_000,
      validateOnly: true,
    })
    await pair.ask('validated but not made', Metadata, 4, {
      topics: [{ name: `${name}-v` }],
      allowAutoTopicCreation: false,
    })
  }
}

async function growth(pair: Pair, version: number): Promise<void> {
  const name = `grow-${version}`
  await pair.prepare(CreateTopics, { topics: [topic({ name, numPartitions: 2 })], timeoutMs: 10_000 })
  await awaitTopics(pair, name)
  const ask = (
    label: string,
    count: number,
    assignments: { brokerIds: number[] }[] | null = null,
    topicName = name,
  ) =>
    pair.ask(label, CreatePartitions, version, {
      topics: [{ name: topicName, count, assignments }],
      timeoutMs: 10_000,
      validateOnly: false,
    })
  await ask('one more', 3)
  await ask('as many', 3)
  await ask('fewer', 1)
  await ask('none', 0)
  await ask('below none', -1)
  await ask('an unknown topic', 3, null, 'nobody')
  await ask('an assignment', 4, [{ brokerIds: [1] }])
  await ask('an assignment of another size', 5, [{ brokerIds: [1] }, { brokerIds: [1] }])
  await ask('an assignment to a stranger', 5, [{ brokerIds: [7] }])
  const twice = [name, name].map(one => ({ name: one, count: 6, assignments: null }))
  await pair.ask('a name twice', CreatePartitions, version, {
    topics: twice,
    timeoutMs: 10_000,
    validateOnly: false,
  })
  const validated = [{ name, count: 9, assignments: null }]
  await pair.ask('only to validate', CreatePartitions, version, {
    topics: validated,
    timeoutMs: 10_000,
    validateOnly: true,
  })
  await ask('an impossible name', 3, null, 'no spaces')
  await pair.ask('nothing', CreatePartitions, version, { topics: [], timeoutMs: 10_000, validateOnly: false })
  await pair.askUntilSettled('afterwards', Metadata, 4, { topics: [{ name }], allowAutoTopicCreation: false })
}

async function deletions(pair: Pair, version: number): Promise<void> {
  const name = `delete-${version}`
  await pair.prepare(CreateTopics, { topics: [topic({ name })], timeoutMs: 10_000 })
  await awaitTopics(pair, name)
  const ask = (label: string, ...names: string[]) =>
    pair.ask(
      label,
      DeleteTopics,
      version,
      version >= 6
        ? { topics: names.map(one => ({ name: one, topicId: ZERO_UUID })), timeoutMs: 10_000 }
        : { topicNames: names, timeoutMs: 10_000 },
    )
  await ask('an unknown topic', 'nobody')
  await ask('a known topic and an unknown one', name, 'nobody')
  await ask('nothing')
  await ask('an impossible name', 'no spaces')
  await ask('a topic without a name', '')
  await ask('a name twice', 'nobody', 'nobody')
  if (version >= 6) {
    const neither = [{ name: null, topicId: ZERO_UUID }]
    await pair.ask('neither id nor name', DeleteTopics, version, { topics: neither, timeoutMs: 10_000 })
    const both = [{ name: 'nobody', topicId: 'AAAAAAAAAAAAAAAAAAAAAQ' }]
    await pair.ask('an id and a name', DeleteTopics, version, { topics: both, timeoutMs: 10_000 })
    const topics = [{ name: null, topicId: 'AAAAAAAAAAAAAAAAAAAAAQ' }]
    await pair.ask('an unknown id', DeleteTopics, version, { topics, timeoutMs: 10_000 })
  }
}
