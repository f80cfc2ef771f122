import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type {
  AssignableTopics,
  ClientAssignor,
  GroupAssignment,
  MemberSubscription,
  Subscriptions,
  TopicPartition,
} from './assignor.ts'
import { clientAssignors } from './assignors.ts'
import scenarios from './fixtures/java-4.3.1.json' with { type: 'json' }

type ByTopic = Readonly<Record<string, readonly number[]>>

interface RecordedMember {
  id: string
  topics: string[]
  userData: string | null
  owned: ByTopic
  generation: number | null
  instance: string | null
  rack: string | null
}

interface Scenario {
  assignor: string
  topics: Record<string, string[][]>
  rounds: { members: RecordedMember[]; assignment: Record<string, ByTopic> }[]
}

const assignorOf = (name: string) => clientAssignors.find(one => one.name === name)!

describe('assignments of Java', () => {
  // Recorded from the assignors of Apache Kafka 4.3.1, with members that come, go and change their subscriptions.
  for (const name of ['range', 'roundrobin', 'sticky', 'cooperative-sticky']) {
    const recorded = (scenarios as unknown as Scenario[]).filter(({ assignor }) => assignor === name)
    it(`are those of ${name}`, () => {
      expect(recorded.length).toBeGreaterThan(20)
      for (const scenario of recorded) {
        const topics = new Map(
          Object.entries(scenario.topics).map(([topic, partitions]) => [
            topic,
            partitions.map((racks, partition) => ({ partition, racks })),
          ]),
        )
        for (const { members, assignment } of scenario.rounds) {
          const subscriptions = new Map(members.map(member => [member.id, subscriptionOf(member)]))
          expect(plain(assignorOf(name).assign(topics, subscriptions))).toEqual(assignment)
        }
      }
    })
  }
})

function subscriptionOf(member: RecordedMember): MemberSubscription {
  return {
    topics: member.topics,
    userData: member.userData === null ? null : Uint8Array.from(Buffer.from(member.userData, 'hex')),
    ownedPartitions: listed(member.owned),
    generationId: member.generation ?? undefined,
    groupInstanceId: member.instance ?? undefined,
    rackId: member.rack ?? undefined,
  }
}

function listed(partitions: ByTopic): TopicPartition[] {
  return Object.entries(partitions).flatMap(([topic, numbers]) =>
    numbers.map(partition => ({ topic, partition })),
  )
}

function plain(assignment: GroupAssignment): Record<string, Record<string, number[]>> {
  return Object.fromEntries([...assignment].map(([id, partitions]) => [id, byTopic(partitions)]))
}

function byTopic(partitions: readonly TopicPartition[]): Record<string, number[]> {
  const result: Record<string, number[]> = {}
  for (const { topic, partition } of partitions) result[topic] = [...(result[topic] ?? []), partition]
  for (const numbers of Object.values(result)) numbers.sort((one, other) => one - other)
  return result
}

const topicNames = ['a', 'b', 'c', 'd']
const anyRack = fc.constantFrom('r0', 'r1', 'r2')
const anyTopics = fc
  .dictionary(fc.constantFrom(...topicNames), fc.array(fc.array(anyRack, { maxLength: 2 }), { maxLength: 9 }))
  .map(
    (byName): AssignableTopics =>
      new Map(
        Object.entries(byName).map(([topic, partitions]) => [
          topic,
          partitions.map((racks, partition) => ({ partition, racks })),
        ]),
      ),
  )
const anyMembers = fc.uniqueArray(
  fc.record({
    id: fc.string({ minLength: 1, maxLength: 4 }),
    topics: fc.uniqueArray(fc.constantFrom(...topicNames), { minLength: 1 }),
    rackId: fc.option(anyRack, { nil: undefined }),
  }),
  { minLength: 1, maxLength: 8, selector: ({ id }) => id },
)

/** What the leader looks at: the topics that some member subscribes to. */
function subscribed(topics: AssignableTopics, members: readonly AnyMember[]): AssignableTopics {
  return new Map([...topics].filter(([topic]) => members.some(member => member.topics.includes(topic))))
}

// With racks Kafka's cooperative sticky assignor may go on moving a partition that is near to nobody.
const anyRackless = anyMembers.map(members => members.map(member => ({ ...member, rackId: undefined })))

interface AnyMember {
  id: string
  topics: string[]
  rackId: string | undefined
}

function subscriptionsOf(members: readonly AnyMember[]): Subscriptions {
  return new Map(
    members.map(({ id, topics, rackId }) => [
      id,
      {
        topics,
        rackId,
        userData: null,
        ownedPartitions: [],
        generationId: undefined,
        groupInstanceId: undefined,
      },
    ]),
  )
}

/** Each member with what it was assigned in a generation. */
function rejoined(
  assignor: ClientAssignor,
  members: readonly AnyMember[],
  previous: GroupAssignment,
  generationId: number,
): Subscriptions {
  const subscriptions = subscriptionsOf(members) as Map<string, MemberSubscription>
  for (const [id, subscription] of subscriptions) {
    const partitions = previous.get(id)
    if (partitions === undefined) continue
    subscriptions.set(id, {
      ...subscription,
      generationId,
      ownedPartitions: assignor.rebalance === 'cooperative' ? partitions : [],
      userData: assignor.userData({ partitions, generationId }),
    })
  }
  return subscriptions
}

function expectEachPartitionOnce(
  topics: AssignableTopics,
  members: readonly AnyMember[],
  assignment: GroupAssignment,
) {
  const seen = new Map<string, number>()
  for (const [id, partitions] of assignment) {
    const member = members.find(one => one.id === id)!
    for (const { topic, partition } of partitions) {
      expect(member.topics).toContain(topic)
      seen.set(`${topic}-${partition}`, (seen.get(`${topic}-${partition}`) ?? 0) + 1)
    }
  }
  for (const [topic, partitions] of topics) {
    for (const { partition } of partitions) expect(seen.get(`${topic}-${partition}`)).toBe(1)
  }
}

describe.each(clientAssignors.map(assignor => ({ name: assignor.name, assignor })))(
  'the assignor $name',
  ({ assignor }) => {
    it('gives every partition to exactly one of the members that subscribe to its topic', () => {
      fc.assert(
        fc.property(anyTopics, anyMembers, (topics, members) => {
          const wanted = subscribed(topics, members)
          expectEachPartitionOnce(wanted, members, assignor.assign(wanted, subscriptionsOf(members)))
        }),
      )
    })

    it('comes to rest: further rebalances without a change of members assign every partition', () => {
      fc.assert(
        fc.property(anyTopics, anyRackless, anyRackless, (topics, before, members) => {
          const wanted = subscribed(topics, members)
          const first = assignor.assign(subscribed(topics, before), subscriptionsOf(before))
          let assignment = first
          for (let generation = 1; generation <= 2; generation++) {
            assignment = assignor.assign(wanted, rejoined(assignor, members, assignment, generation))
          }
          expectEachPartitionOnce(wanted, members, assignment)
        }),
      )
    })

    it('has an assignment for a group without topics', () => {
      const members = [{ id: 'm', topics: ['a'], rackId: undefined }]
      expect(plain(assignor.assign(new Map(), subscriptionsOf(members)))).toEqual({ m: {} })
    })
  },
)

describe.each(['sticky', 'cooperative-sticky'])('the assignor %s', name => {
  it('is balanced where all subscribe alike, and moves nothing when nothing changed', () => {
    fc.assert(
      fc.property(
        anyTopics,
        fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8 }),
        (topics, ids) => {
          const members = ids.map(id => ({ id, topics: topicNames, rackId: undefined }))
          const assignor = assignorOf(name)
          const first = assignor.assign(topics, subscriptionsOf(members))
          const counts = [...first.values()].map(({ length }) => length)
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
          const second = assignor.assign(topics, rejoined(assignor, members, first, 1))
          expect(plain(second)).toEqual(plain(first))
        },
      ),
    )
  })

  it('takes damaged user data for none', () => {
    const subscriptions = subscriptionsOf([{ id: 'm', topics: ['a'], rackId: undefined }]) as Map<
      string,
      MemberSubscription
    >
    subscriptions.set('m', { ...subscriptions.get('m')!, userData: Uint8Array.of(0, 0, 0, 9, 1) })
    const topics = new Map([['a', [{ partition: 0, racks: [] }]]])
    expect(plain(assignorOf(name).assign(topics, subscriptions))).toEqual({ m: { a: [0] } })
  })
})
