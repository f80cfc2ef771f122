import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { ConsumerEntries } from '@samsa/client'
import { type Case, type Subject, eventually, expectEqual, uniqueName } from './case.ts'
import {
  Member,
  type TextRecord,
  createTopic,
  expectOrder,
  numbered,
  produce,
  untilAllSeen,
  untilShared,
} from './client.ts'

const assignors = ['range', 'roundrobin', 'sticky', 'cooperative-sticky'] as const
const isOld = ({ name }: Subject) =>
  name === 'samsa' ? 'Samsa does not serve groups of the new protocol yet (KIP-848)' : undefined

/** Members come and go while records do; all are seen, each partition's in order. */
async function lifeOfGroup(subject: Subject, entries: ConsumerEntries): Promise<void> {
  const topic = uniqueName('group')
  await createTopic(subject, topic, 6)
  const config = { 'group.id': topic, ...entries }
  await produce(subject, topic, numbered(300), 6)
  const members = [new Member(subject, [topic], config)]
  await untilShared(members, [6])
  await untilAllSeen(members, numbered(300))
  members.push(new Member(subject, [topic], config))
  await untilShared(members, [3, 3])
  await produce(subject, topic, numbered(300, 'w'), 6)
  members.push(new Member(subject, [topic], config))
  await untilShared(members, [2, 2, 2])
  await untilAllSeen(members, numbered(300, 'w'))
  await members[0]!.stop()
  await untilShared(members.slice(1), [3, 3])
  await produce(subject, topic, numbered(300, 'x'), 6)
  await untilAllSeen(members.slice(1), numbered(300, 'x'))
  for (const member of members) await member.stop()
  for (const member of members) expectOrder(member)
  const count = members.reduce((sum, { records }) => sum + records.length, 0)
  // Everybody committed what it finished before it gave partitions up.
  expectEqual(count, 900, 'records seen, each once')
}

const classicCases = assignors.map(
  (name): Case => ({
    name: `group: members of ${name} come and go`,
    run: subject => lifeOfGroup(subject, { 'partition.assignment.strategy': name }),
  }),
)

const mixedCases = (['range', 'cooperative-sticky'] as const).map(
  (name): Case => ({
    name: `group: shares with a Java member by ${name}`,
    skip: ({ javaTool }) => (javaTool === undefined ? 'no Java tools here (SAMSA_PEER_KAFKA)' : undefined),
    async run(subject) {
      const topic = uniqueName('mixed')
      await createTopic(subject, topic, 4)
      const config = { 'group.id': topic, 'partition.assignment.strategy': name }
      const member = new Member(subject, [topic], config)
      await untilShared([member], [4])
      const java = new JavaMember(subject, topic, name)
      try {
        await untilShared([member], [2])
        await produce(subject, topic, numbered(200), 4)
        await eventually('all records seen by both', () => {
          const seen = new Set([...member.records.map(({ value }) => value), ...java.values])
          return seen.size === 200 && java.values.length > 0 && member.records.length > 0
        })
      } finally {
        java.stop()
      }
      await untilShared([member], [4])
      await member.stop()
    },
  }),
)

/** Kafka's console consumer in a group. */
class JavaMember {
  readonly values: string[] = []
  readonly #child: ReturnType<typeof spawn>

  constructor({ javaTool, bootstrap }: Subject, topic: string, assignor: string) {
    const [program, ...first] = javaTool!
    const strategies: Record<string, string> = {
      range: 'RangeAssignor',
      'cooperative-sticky': 'CooperativeStickyAssignor',
    }
    const strategy = `org.apache.kafka.clients.consumer.${strategies[assignor]}`
    const properties = [`partition.assignment.strategy=${strategy}`, 'heartbeat.interval.ms=300']
    const args = [...first, 'ConsoleConsumer', '--bootstrap-server', bootstrap, '--topic', topic]
    const more = properties.flatMap(property => ['--command-property', property])
    this.#child = spawn(program!, [...args, '--group', topic, ...more], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, KAFKA_HEAP_OPTS: '-Xmx128m' },
    })
    createInterface({ input: this.#child.stdout! }).on('line', line => this.values.push(line))
  }

  stop(): void {
    this.#child.kill('SIGTERM')
  }
}

/**
 * Members join and leave and the broker dies while records are produced and consumed: all are seen, and a member only
 * ever goes back in a partition when it got it anew.
 */
async function underFire(subject: Subject, entries: ConsumerEntries): Promise<void> {
  const topic = uniqueName('fire')
  await createTopic(subject, topic, 4)
  const config = { 'group.id': topic, 'session.timeout.ms': 6000, 'auto.commit.interval.ms': 200, ...entries }
  const members = [new Member(subject, [topic], config), new Member(subject, [topic], config)]
  const all = [...members]
  const values: string[] = []
  for (let round = 0; round < 6; round++) {
    const some = numbered(200, `r${round}-`)
    values.push(...some)
    await produce(subject, topic, some, 4)
    if (round % 3 === 1) await subject.restart?.()
    if (round % 3 === 2) await members.shift()!.stop()
    if (round % 3 !== 1) {
      const member = new Member(subject, [topic], config)
      members.push(member)
      all.push(member)
    }
    await new Promise(done => setTimeout(done, 300))
  }
  await untilAllSeen(all, values)
  for (const member of members) await member.stop()
  for (const { records, assignedAt } of all) expectForward(records, assignedAt)
}

function expectForward(records: readonly TextRecord[], assignedAt: readonly number[]): void {
  const last = new Map<number, number>()
  let nextAssignment = 0
  records.forEach(({ partition, offset }, at) => {
    while (nextAssignment < assignedAt.length && assignedAt[nextAssignment]! <= at) {
      last.clear()
      nextAssignment++
    }
    if (offset <= (last.get(partition) ?? -1)) {
      throw new Error(`partition ${partition}: offset ${offset} came after ${last.get(partition)}`)
    }
    last.set(partition, offset)
  })
}

const fireCases = (['range', 'cooperative-sticky'] as const).map(
  (name): Case => ({
    name: `group under fire: no record is lost with ${name}`,
    run: subject => underFire(subject, { 'partition.assignment.strategy': name }),
  }),
)

/** What holds of groups. */
export const groupCases: readonly Case[] = [
  ...classicCases,
  ...mixedCases,
  ...fireCases,
  {
    name: 'group under fire: no record is lost with the new protocol',
    skip: isOld,
    run: subject => underFire(subject, { 'group.protocol': 'consumer' }),
  },
  {
    name: 'group: cooperative members keep what does not move',
    async run(subject) {
      const topic = uniqueName('coop')
      await createTopic(subject, topic, 4)
      const config = { 'group.id': topic, 'partition.assignment.strategy': 'cooperative-sticky' }
      const one = new Member(subject, [topic], config)
      await untilShared([one], [4])
      const other = new Member(subject, [topic], config)
      await untilShared([one, other], [2, 2])
      const revoked = one.trace.filter(line => line.startsWith('-'))
      expectEqual(revoked.length, 1, 'revocations')
      expectEqual(revoked[0]!.split(',').length, 2, 'partitions revoked')
      await one.stop()
      await other.stop()
    },
  },
  {
    name: 'group: a static member comes back to its partitions without a rebalance',
    async run(subject) {
      const topic = uniqueName('static')
      await createTopic(subject, topic, 4)
      const config = { 'group.id': topic, 'partition.assignment.strategy': 'range' }
      const one = new Member(subject, [topic], { ...config, 'group.instance.id': 'one' })
      const other = new Member(subject, [topic], { ...config, 'group.instance.id': 'other' })
      await untilShared([one, other], [2, 2])
      const rebalances = one.trace.length
      const before = other.consumer.assignment()
      await other.stop()
      const again = new Member(subject, [topic], { ...config, 'group.instance.id': 'other' })
      await untilShared([again], [2])
      expectEqual(again.consumer.assignment(), before, 'the same partitions')
      expectEqual(one.trace.length, rebalances, 'the other one was left alone')
      await one.stop()
      await again.stop()
    },
  },
  {
    name: 'group: two members with one static name: the older one is fenced',
    async run(subject) {
      const topic = uniqueName('fenced')
      await createTopic(subject, topic, 1)
      const config = { 'group.id': topic, 'group.instance.id': 'same' }
      const one = new Member(subject, [topic], config)
      await untilShared([one], [1])
      const other = new Member(subject, [topic], config)
      await untilShared([other], [1])
      const code = await eventually('fenced', () => one.partitions < 0, 10_000).catch(error => error.code)
      expectEqual(code, 'FENCED_INSTANCE_ID', 'the error of the older one')
      await one.consumer.close()
      await other.stop()
    },
  },
  {
    name: 'group: a regular expression takes in topics made later',
    async run(subject) {
      const prefix = uniqueName('expression')
      await createTopic(subject, `${prefix}-a`, 1)
      const member = new Member(subject, new RegExp(`^${prefix}-`), { 'group.id': prefix })
      await untilShared([member], [1])
      await createTopic(subject, `${prefix}-b`, 2)
      await untilShared([member], [3])
      await member.stop()
    },
  },
  ...(['uniform', 'range'] as const).map(
    (assignor): Case => ({
      name: `group of the new protocol: members of ${assignor} come and go`,
      skip: isOld,
      run: subject =>
        lifeOfGroup(subject, { 'group.protocol': 'consumer', 'group.remote.assignor': assignor }),
    }),
  ),
  {
    name: 'group of the new protocol: a pattern that the broker matches',
    skip: isOld,
    async run(subject) {
      const prefix = uniqueName('pattern')
      await createTopic(subject, `${prefix}-a`, 1)
      const config = { 'group.id': prefix, 'group.protocol': 'consumer' }
      const member = new Member(subject, { pattern: `${prefix}-.*` }, config)
      await untilShared([member], [1])
      await createTopic(subject, `${prefix}-b`, 2)
      await untilShared([member], [3])
      await produce(subject, `${prefix}-b`, numbered(20), 2)
      await untilAllSeen([member], numbered(20))
      await member.stop()
    },
  },
  {
    name: 'group of the new protocol: an unknown assignor is told',
    skip: isOld,
    async run(subject) {
      const topic = uniqueName('assignor')
      await createTopic(subject, topic, 1)
      const config = { 'group.protocol': 'consumer', 'group.remote.assignor': 'nobody', 'group.id': topic }
      const member = new Member(subject, [topic], config)
      const code = await eventually('an error', () => member.partitions < 0, 10_000).catch(
        error => error.code,
      )
      expectEqual(code, 'UNSUPPORTED_ASSIGNOR', 'the error')
      await member.consumer.close()
    },
  },
]
