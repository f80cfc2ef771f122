import type { Admin, ConfigChanges, PartitionReassignment } from '@samsa/client'
import type { Io } from '../../command/command.ts'
import { type Assignment, type PlacedReplica, partitionName } from './assignment.ts'

const topicThrottles = [
  'leader.replication.throttled.replicas',
  'follower.replication.throttled.replicas',
] as const
const rates = ['leader.replication.throttled.rate', 'follower.replication.throttled.rate'] as const
const logDirRate = 'replica.alter.log.dirs.io.max.bytes.per.second'

/** Where the records of a partition are copied from, and where to. */
interface Move {
  readonly topic: string
  readonly partition: number
  readonly sources: readonly number[]
  readonly destinations: readonly number[]
}

/** Bounds what moves between brokers, in bytes a second, for what moves already and what is going to. */
export async function throttleMoves(
  admin: Admin,
  given: {
    readonly underWay: readonly PartitionReassignment[]
    readonly proposed: readonly Assignment[]
    readonly current: readonly Assignment[]
  },
  rate: number,
  io: Io,
): Promise<void> {
  const moves = movesOf(given)
  const topics = [...new Set(moves.map(({ topic }) => topic))]
  await admin.incrementalAlterConfigs(
    topics.map(name => {
      const own = moves.filter(({ topic }) => topic === name)
      const sources = own.flatMap(({ partition, sources }) => sources.map(id => `${partition}:${id}`))
      const destinations = own.flatMap(({ partition, sources, destinations }) =>
        destinations.filter(id => !sources.includes(id)).map(id => `${partition}:${id}`),
      )
      const [ofLeaders, ofFollowers] = topicThrottles
      return {
        type: 'TOPIC',
        name,
        set: { [ofLeaders]: listText(sources), [ofFollowers]: listText(destinations) },
      }
    }),
  )
  const brokers = moves.flatMap(({ sources, destinations }) => [...sources, ...destinations])
  await setOfBrokers(admin, brokers, Object.fromEntries(rates.map(key => [key, rate])))
  io.print(`The inter-broker throttle limit was set to ${rate} B/s\n`)
}

function listText(components: readonly string[]): string {
  return [...new Set(components)].sort().join(',')
}

function movesOf({ underWay, proposed, current }: Parameters<typeof throttleMoves>[1]): Move[] {
  const moves = new Map<string, Move>()
  for (const { topic, partition, replicas, addingReplicas: destinations } of underWay) {
    const sources = replicas.filter(id => !destinations.includes(id))
    moves.set(partitionName({ topic, partition }), { topic, partition, sources, destinations })
  }
  const replicasNow = new Map(current.map(one => [partitionName(one), one.replicas]))
  for (const { topic, partition, replicas } of proposed) {
    const name = partitionName({ topic, partition })
    const sources = moves.get(name)?.sources ?? replicasNow.get(name) ?? []
    const destinations = replicas.filter(id => !sources.includes(id))
    moves.set(name, { topic, partition, sources, destinations })
  }
  return [...moves.values()]
}

/** Bounds what moves between the log directories of brokers, in bytes a second. */
export async function throttleLogDirs(
  admin: Admin,
  placed: readonly PlacedReplica[],
  rate: number,
  io: Io,
): Promise<void> {
  await setOfBrokers(
    admin,
    placed.map(({ broker }) => broker),
    { [logDirRate]: rate },
  )
  io.print(`The replica-alter-dir throttle limit was set to ${rate} B/s\n`)
}

function setOfBrokers(admin: Admin, brokers: readonly number[], set: Record<string, number>) {
  const changes = [...new Set(brokers)].map((id): ConfigChanges => ({ type: 'BROKER', name: `${id}`, set }))
  return admin.incrementalAlterConfigs(changes)
}

/** Lifts all bounds from all brokers, and from the topics of a reassignment: it is not known which of them were set for it. */
export async function clearThrottles(admin: Admin, partitions: readonly Assignment[], io: Io): Promise<void> {
  const known = (await admin.describeCluster()).brokers.map(({ id }) => id)
  const brokers = [...new Set([...known, ...partitions.flatMap(({ replicas }) => replicas)])].sort(
    (a, b) => a - b,
  )
  io.print(
    `Clearing broker-level throttles on broker${brokers.length === 1 ? '' : 's'} ${brokers.join(',')}\n`,
  )
  await admin.incrementalAlterConfigs(
    brokers.map((id): ConfigChanges => ({ type: 'BROKER', name: `${id}`, delete: [...rates, logDirRate] })),
  )
  const topics = [...new Set(partitions.map(({ topic }) => topic))]
  io.print(`Clearing topic-level throttles on topic${topics.length === 1 ? '' : 's'} ${topics.join(',')}\n`)
  await admin.incrementalAlterConfigs(
    topics.map((name): ConfigChanges => ({ type: 'TOPIC', name, delete: topicThrottles })),
  )
}
