import { type Case, type Subject, expectEqual, uniqueName } from './case.ts'
import { consumerOf, createTopic, numbered, produce, producerOf, take } from './client.ts'

const notYet = ({ name }: Subject) => (name === 'samsa' ? 'Samsa does not serve transactions yet' : undefined)

/** What holds of transactions as consumers see them. */
export const transactionCases: readonly Case[] = [
  {
    name: 'transaction: read_committed leaves out what was aborted, read_uncommitted does not',
    skip: notYet,
    async run(subject) {
      const topic = uniqueName('committed')
      await createTopic(subject, topic, 1)
      const producer = producerOf(subject, { 'transactional.id': topic })
      const send = (prefix: string, isAborted: boolean) =>
        producer
          .transaction(async transaction => {
            for (const value of numbered(3, prefix)) await transaction.send({ topic, value, partition: 0 })
            if (isAborted) throw new Error('changed my mind')
          })
          .catch(error => {
            if (!isAborted) throw error
          })
      await send('a', false)
      await send('b', true)
      await send('c', false)
      await send('d', true)
      await producer.close()
      await produce(subject, topic, ['end'])
      const committed = consumerOf(subject, { 'group.id': topic, 'isolation.level': 'read_committed' })
      committed.assign([{ topic, partition: 0 }])
      expectEqual(
        await take(committed, 7),
        [...numbered(3, 'a'), ...numbered(3, 'c'), 'end'],
        'read_committed',
      )
      await committed.close()
      const all = consumerOf(subject, { 'group.id': `${topic}-all` })
      all.assign([{ topic, partition: 0 }])
      const prefixes = ['a', 'b', 'c', 'd'].flatMap(prefix => numbered(3, prefix))
      expectEqual(await take(all, 13), [...prefixes, 'end'], 'read_uncommitted')
      await all.close()
    },
  },
  ...(['classic', 'consumer'] as const).map(
    (protocol): Case => ({
      name: `transaction: offsets of a group (${protocol}) are committed with what was made of its records`,
      skip: notYet,
      async run(subject) {
        const [from, to] = [uniqueName('from'), uniqueName('to')]
        await createTopic(subject, from, 1)
        await createTopic(subject, to, 1)
        await produce(subject, from, numbered(5))
        const config = { 'group.id': from, 'group.protocol': protocol, 'enable.auto.commit': false }
        const consumer = consumerOf(subject, config)
        consumer.subscribe([from])
        const producer = producerOf(subject, { 'transactional.id': from })
        const signal = AbortSignal.timeout(30_000)
        let seen = 0
        for await (const batch of consumer.batches({ signal })) {
          await producer.transaction(async transaction => {
            for (const { value } of batch.records) {
              await transaction.send({ topic: to, value: `${value}!`, partition: 0 })
            }
            await transaction.commitOffsets(consumer, consumer.finishedOffsets())
          })
          seen += batch.records.length
          if (seen >= 5) break
        }
        const [committed] = await consumer.committed([{ topic: from, partition: 0 }])
        expectEqual(committed?.offset, 5, 'committed offset')
        await consumer.close()
        await producer.close()
        const reader = consumerOf(subject, { 'group.id': to, 'isolation.level': 'read_committed' })
        reader.assign([{ topic: to, partition: 0 }])
        expectEqual(
          await take(reader, 5),
          numbered(5).map(value => `${value}!`),
          'what was made',
        )
        await reader.close()
      },
    }),
  ),
]
