import type {
  Admin,
  BrokerNode,
  KafkaError,
  OffsetSpec,
  TopicDescription,
  TopicPartition,
} from '@samsa/client'
import type { ClusterFacts, GroupFacts, PartitionProgress, Settings } from './cluster-facts.ts'

/** How long a broker may take to answer at the address it advertises. */
const REACH_TIMEOUT_MS = 4000

type Unknown = { readonly what: string; readonly error: KafkaError }

/**
 * Asks a cluster everything the checks need. What cannot be asked is left out, and said in `unknown`.
 *
 * @throws KafkaError when no broker can be asked at all
 */
export async function examine(admin: Admin, bootstrapServers: string): Promise<ClusterFacts> {
  const { brokers } = await admin.describeCluster({ timeoutMs: REACH_TIMEOUT_MS })
  const unreached = await unreachedOf(admin, brokers)
  const facts = { bootstrapServers, brokers, unreached }
  const reached = brokers.filter(({ id }) => !unreached.has(id))
  const nothing = { topics: [], topicSettings: new Map(), brokerSettings: new Map(), groups: [], unknown: [] }
  if (reached.length === 0) return { ...facts, ...nothing }
  const unknown: Unknown[] = []
  const ask = async <T>(what: string, otherwise: T, work: () => Promise<T>): Promise<T> => {
    try {
      return await work()
    } catch (error) {
      if ((error as Error).name !== 'KafkaError') throw error
      unknown.push({ what, error: error as KafkaError })
      return otherwise
    }
  }
  const topics = await ask('The topics', [], () => topicsOf(admin))
  const names = topics.map(({ name }) => name)
  const topicSettings = await ask('Settings of topics', new Map(), () => settingsOf(admin, 'TOPIC', names))
  const ids = reached.map(({ id }) => String(id))
  const settings = await ask('Settings of brokers', new Map(), () => settingsOf(admin, 'BROKER', ids))
  const brokerSettings = new Map([...settings].map(([id, values]) => [Number(id), values]))
  const led = ledBy(new Set(reached.map(({ id }) => id)), topics)
  const groups = await ask('The groups', [], () => groupsOf(admin, led))
  return { ...facts, topics, topicSettings, brokerSettings, groups, unknown }
}

async function unreachedOf(admin: Admin, brokers: readonly BrokerNode[]): Promise<Map<number, KafkaError>> {
  const ids = brokers.map(({ id }) => id)
  const answers = await admin.describeApiVersions(ids, { timeoutMs: REACH_TIMEOUT_MS }).results()
  return new Map(answers.failures().map(({ item, error }) => [item, error]))
}

async function topicsOf(admin: Admin): Promise<TopicDescription[]> {
  const listed = await admin.listTopics({ includeInternal: true })
  return valuesOf(await admin.describeTopics(listed.map(({ name }) => name)).results())
}

async function settingsOf(
  admin: Admin,
  type: 'TOPIC' | 'BROKER',
  names: readonly string[],
): Promise<Map<string, Settings>> {
  const results = await admin.describeConfigs(names.map(name => ({ type, name }))).results()
  const settings = new Map<string, Settings>()
  for (const { item, value } of results) {
    if (value !== undefined)
      settings.set(item.name, new Map([...value].map(([key, entry]) => [key, entry.value])))
  }
  return settings
}

/** The partitions whose leader can be asked. */
function ledBy(reached: ReadonlySet<number>, topics: readonly TopicDescription[]): ReadonlySet<string> {
  return new Set(
    topics.flatMap(({ name, partitions }) =>
      partitions
        .filter(({ leader }) => leader !== undefined && reached.has(leader))
        .map(({ partition }) => `${name}-${partition}`),
    ),
  )
}

async function groupsOf(admin: Admin, led: ReadonlySet<string>): Promise<GroupFacts[]> {
  const listed = await admin.listGroups({ types: ['classic', 'consumer'] })
  if (listed.length === 0) return []
  const ids = listed.map(({ groupId }) => ({ groupId }))
  const committed = new Map<string, (TopicPartition & { readonly offset: number })[]>()
  for (const { item, value } of await admin.listGroupOffsets(ids).results()) {
    const places = [...(value ?? [])].flatMap(({ item: place, value: at }) =>
      at === undefined || !led.has(`${place.topic}-${place.partition}`)
        ? []
        : [{ ...place, offset: at.offset }],
    )
    committed.set(item, places)
  }
  const places = [...new Map([...committed.values()].flat().map(one => [keyOf(one), one])).values()]
  const [starts, ends] = [
    await offsetsOf(admin, places, 'earliest'),
    await offsetsOf(admin, places, 'latest'),
  ]
  return listed.map(({ groupId, state }) => ({
    groupId,
    hasMembers: state !== 'Empty' && state !== 'Dead',
    partitions: (committed.get(groupId) ?? []).flatMap(place => progressOf(place, starts, ends)),
  }))
}

async function offsetsOf(
  admin: Admin,
  places: readonly TopicPartition[],
  at: OffsetSpec,
): Promise<ReadonlyMap<string, number>> {
  const queries = places.map(({ topic, partition }) => ({ topic, partition, at }))
  const offsets = new Map<string, number>()
  for (const { item, value } of await admin.listOffsets(queries).results()) {
    if (value !== undefined) offsets.set(keyOf(item), value.offset)
  }
  return offsets
}

function progressOf(
  { topic, partition, offset }: TopicPartition & { readonly offset: number },
  starts: ReadonlyMap<string, number>,
  ends: ReadonlyMap<string, number>,
): PartitionProgress[] {
  const [start, end] = [starts.get(keyOf({ topic, partition })), ends.get(keyOf({ topic, partition }))]
  if (start === undefined || end === undefined) return []
  return [{ topic, partition, committed: offset, start, end }]
}

const keyOf = ({ topic, partition }: TopicPartition) => `${topic}-${partition}`

function valuesOf<Item, Value>(results: Iterable<{ item: Item; value?: Value }>): Value[] {
  return [...results].flatMap(({ value }) => (value === undefined ? [] : [value]))
}
