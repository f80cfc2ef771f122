import { silentLogger } from '@samsa/base'
import { Admin, ShareConsumer, type ShareRecord, serdes } from '@samsa/client'
import { type Case, type Subject, expectEqual, uniqueName } from './case.ts'
import { createTopic, numbered, produce } from './client.ts'

type Entries = ConstructorParameters<typeof ShareConsumer>[0]

/** A topic with records, and a group that begins with the first. */
interface Setting {
  readonly subject: Subject
  readonly topic: string
  readonly groupId: string
  readonly admin: Admin
  consumer(entries?: Entries): ShareConsumer<string, string>
}

function shareCase(name: string, run: (setting: Setting) => Promise<void>): Case {
  return {
    name: `share: ${name}`,
    skip: ({ name }) => (name === 'samsa' ? 'Samsa has no share groups yet' : undefined),
    async run(subject) {
      const topic = uniqueName('share')
      const groupId = uniqueName('group')
      const consumers: ShareConsumer<string, string>[] = []
      await using admin = new Admin({ 'bootstrap.servers': subject.bootstrap })
      await createTopic(subject, topic, 2)
      const set = { 'share.auto.offset.reset': 'earliest', 'share.record.lock.duration.ms': 15_000 }
      await admin.incrementalAlterConfigs([{ type: 'GROUP', name: groupId, set }])
      const consumer = (entries: Entries = {}) => {
        const config = { 'bootstrap.servers': subject.bootstrap, 'group.id': groupId, ...entries }
        const { string } = serdes
        const made = new ShareConsumer(config, { key: string, value: string, logger: silentLogger })
        consumers.push(made)
        made.subscribe([topic])
        return made
      }
      try {
        await run({ subject, topic, groupId, admin, consumer })
      } finally {
        await Promise.all(consumers.map(one => one.close()))
      }
    },
  }
}

const explicit = { 'share.acknowledgement.mode': 'explicit' }

async function take(
  consumer: ShareConsumer<string, string>,
  count: number,
): Promise<ShareRecord<string, string>[]> {
  const records: ShareRecord<string, string>[] = []
  const end = Date.now() + 30_000
  while (records.length < count) {
    if (Date.now() > end) throw new Error(`${records.length} of ${count} records came within 30 s`)
    records.push(...(await consumer.poll({ timeoutMs: 1000 })))
  }
  return records
}

function valuesOf(records: readonly ShareRecord<string, string>[]): string[] {
  return records.map(({ value }) => value!).sort()
}

/** What holds of share consumers. */
export const shareCases: readonly Case[] = [
  shareCase(
    'asking for more accepts the records before',
    async ({ subject, topic, groupId, admin, consumer }) => {
      const values = numbered(50)
      await produce(subject, topic, values, 2)
      const one = consumer()
      expectEqual(valuesOf(await take(one, 50)), [...values].sort(), 'values')
      const results = await one.commit()
      expectEqual(results.failures(), [], 'failures')
      await one.close()
      const other = consumer()
      expectEqual(await other.poll({ timeoutMs: 1500 }), [], 'left')
      const [group] = (await admin.describeShareGroups([groupId])).values()
      expectEqual([group!.members.length, group!.state], [1, 'Stable'], 'group')
    },
  ),
  shareCase(
    'each record is accepted, released or rejected for itself',
    async ({ subject, topic, consumer }) => {
      await produce(subject, topic, numbered(40), 2)
      const one = consumer(explicit)
      const records = await take(one, 40)
      const released = records.filter((_, at) => at % 3 === 0)
      records.forEach((record, at) =>
        one.acknowledge(record, at % 3 === 0 ? 'RELEASE' : at % 3 === 1 ? 'REJECT' : 'ACCEPT'),
      )
      expectEqual((await one.commit()).failures(), [], 'failures')
      const again = await take(one, released.length)
      expectEqual(valuesOf(again), valuesOf(released), 'released ones come again')
      expectEqual([...new Set(again.map(({ deliveryCount }) => deliveryCount))], [2], 'delivery count')
      for (const record of again) one.acknowledge(record)
      await one.commit()
      expectEqual(await one.poll({ timeoutMs: 1500 }), [], 'left')
    },
  ),
  shareCase('a record may be acknowledged once', async ({ subject, topic, consumer }) => {
    await produce(subject, topic, numbered(1))
    const one = consumer(explicit)
    const [record] = await take(one, 1)
    one.acknowledge(record!)
    let code = 'no error'
    try {
      one.acknowledge(record!)
    } catch (error) {
      code = (error as { code: string }).code
    }
    expectEqual(code, 'INVALID_ARGUMENT', 'the second time')
  }),
  shareCase(
    'what was not acknowledged at close comes to others at once',
    async ({ subject, topic, consumer }) => {
      await produce(subject, topic, numbered(10))
      const one = consumer(explicit)
      const records = await take(one, 10)
      for (const record of records.slice(0, 4)) one.acknowledge(record)
      await one.close()
      const other = consumer(explicit)
      const rest = await take(other, 6)
      expectEqual(valuesOf(rest), valuesOf(records.slice(4)), 'values')
    },
  ),
  shareCase('a lock expires, and is held by renewals', async ({ subject, topic, consumer }) => {
    await produce(subject, topic, numbered(2))
    const one = consumer(explicit)
    const records = await take(one, 2)
    const end = Date.now() + 20_000
    while (Date.now() < end) {
      one.acknowledge(records[0]!, 'RENEW')
      expectEqual((await one.commit()).failures(), [], 'renewal')
      await new Promise(done => setTimeout(done, 4000))
    }
    one.acknowledge(records[0]!)
    expectEqual((await one.commit()).failures(), [], 'the one renewed')
    one.acknowledge(records[1]!)
    const [failure] = (await one.commit()).failures()
    expectEqual(failure?.error.code, 'INVALID_RECORD_STATE', 'too late')
    const [expired] = await take(one, 1)
    expectEqual([expired!.value, expired!.deliveryCount], ['v1', 2], 'the one that expired')
  }),
  shareCase('a bound on records holds with record_limit', async ({ subject, topic, consumer }) => {
    await produce(subject, topic, numbered(30))
    const one = consumer({ 'share.acquire.mode': 'record_limit', 'max.poll.records': 7 })
    const sizes: number[] = []
    for (let left = 30; left > 0; left -= sizes.at(-1)!) sizes.push((await take(one, 1)).length)
    expectEqual(Math.max(...sizes) <= 7, true, `sizes ${sizes}`)
  }),
  shareCase(
    'members share the work, and what a handler fails at comes again',
    async ({ subject, topic, consumer }) => {
      const values = numbered(2000)
      await produce(subject, topic, values, 2)
      const seen = new Map<string, number>()
      const end = new AbortController()
      const timer = setTimeout(() => end.abort(), 30_000)
      const eachRecord = async ({ value, offset, deliveryCount }: ShareRecord<string, string>) => {
        await new Promise(done => setTimeout(done, 1))
        if (deliveryCount === 1 && offset % 50 === 0) throw new Error('the first time fails')
        seen.set(value!, (seen.get(value!) ?? 0) + 1)
        if (seen.size === values.length) end.abort()
      }
      const members = [consumer({ 'max.poll.records': 50 }), consumer({ 'max.poll.records': 50 })]
      await Promise.all(members.map(one => one.run({ eachRecord, concurrency: 10, signal: end.signal })))
      clearTimeout(timer)
      expectEqual(values.filter(value => !seen.has(value)).length, 0, 'missing')
      expectEqual(Math.max(...seen.values()), 1, 'handled twice')
    },
  ),
  shareCase(
    'records of aborted transactions are not seen, and control records do not block',
    async setting => {
      const { subject, topic, groupId, admin, consumer } = setting
      const { Producer } = await import('@samsa/client')
      await admin.incrementalAlterConfigs([
        { type: 'GROUP', name: groupId, set: { 'share.isolation.level': 'read_committed' } },
      ])
      const producer = new Producer(
        { 'bootstrap.servers': subject.bootstrap, 'transactional.id': uniqueName('tx') },
        { value: serdes.string, logger: silentLogger },
      )
      await producer.transaction(async tx => {
        await tx.send({ topic, partition: 0, value: 'kept' })
      })
      await producer
        .transaction(async tx => {
          await tx.send({ topic, partition: 0, value: 'dropped' })
          throw new Error('on purpose')
        })
        .catch(() => {})
      await producer.transaction(async tx => {
        await tx.send({ topic, partition: 0, value: 'kept too' })
      })
      await producer.close()
      const one = consumer()
      expectEqual(valuesOf(await take(one, 2)), ['kept', 'kept too'], 'values')
      expectEqual((await one.commit()).failures(), [], 'failures')
    },
  ),
  shareCase(
    'offsets of a group are listed, altered and deleted',
    async ({ subject, topic, groupId, admin, consumer }) => {
      await produce(subject, topic, numbered(10))
      const one = consumer()
      await take(one, 10)
      await one.commit()
      await one.close()
      const at = { topic, partition: 0 }
      const altered = await admin.alterShareGroupOffsets(groupId, [{ ...at, offset: 8 }]).results()
      expectEqual(altered.errorOf(at), undefined, 'altered')
      const offsets = (await admin.listShareGroupOffsets([{ groupId }])).get(groupId)
      expectEqual(offsets.get(at).startOffset, 8, 'start')
      const other = consumer()
      expectEqual(valuesOf(await take(other, 2)), ['v8', 'v9'], 'values')
      await other.close()
      await admin.deleteShareGroupOffsets(groupId, [topic])
      await admin.deleteGroups([groupId])
      expectEqual(
        (await admin.listGroups({ types: ['share'] })).some(one => one.groupId === groupId),
        false,
        'listed',
      )
    },
  ),
]
