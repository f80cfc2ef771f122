import { type Case, expectEqual, uniqueName } from './case.ts'
import { consumerOf, createTopic, deleteTopic, numbered, produce, take } from './client.ts'

const codecs = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const

const codecCases = codecs.map(
  (codec): Case => ({
    name: `consumer: records compressed with ${codec} come as they were sent`,
    async run(subject) {
      const topic = uniqueName('codec')
      await createTopic(subject, topic, 1)
      const values = numbered(2000, 'a value that repeats itself '.repeat(4))
      await produce(subject, topic, values, 1, { 'compression.type': codec })
      const consumer = consumerOf(subject, { 'group.id': topic })
      consumer.assign([{ topic, partition: 0 }])
      expectEqual(await take(consumer, values.length), values, 'values')
      await consumer.close()
    },
  }),
)

/** What holds of one consumer. */
export const consumerCases: readonly Case[] = [
  ...codecCases,
  {
    name: 'consumer: seeks by offset, by time and to both ends',
    async run(subject) {
      const topic = uniqueName('seek')
      const at = { topic, partition: 0 }
      await createTopic(subject, topic, 1)
      await produce(subject, topic, numbered(10))
      await new Promise(done => setTimeout(done, 50))
      const timeMs = Date.now()
      await new Promise(done => setTimeout(done, 50))
      await produce(subject, topic, numbered(10, 'w'))
      const consumer = consumerOf(subject, { 'group.id': topic })
      consumer.assign([at])
      await consumer.seekToTime(timeMs)
      expectEqual(await take(consumer, 1), ['w0'], 'by time')
      consumer.seek({ ...at, offset: 3 })
      expectEqual(await take(consumer, 2), ['v3', 'v4'], 'by offset')
      await consumer.seekToEnd()
      expectEqual(await consumer.position(at), 20, 'the end')
      await consumer.seekToBeginning()
      expectEqual(await consumer.position(at), 0, 'the beginning')
      await consumer.close()
    },
  },
  {
    name: 'consumer: commits offsets with their metadata and reads them back',
    async run(subject) {
      const topic = uniqueName('commit')
      await createTopic(subject, topic, 2)
      const consumer = consumerOf(subject, { 'group.id': topic, 'enable.auto.commit': false })
      consumer.assign([{ topic, partition: 0 }])
      await consumer.commit([{ topic, partition: 0, offset: 7, metadata: 'seven' }])
      const committed = await consumer.committed([
        { topic, partition: 0 },
        { topic, partition: 1 },
      ])
      expectEqual(committed[0]?.offset, 7, 'offset')
      expectEqual(committed[0]?.metadata, 'seven', 'metadata')
      expectEqual(committed[1], undefined, 'nothing committed')
      await consumer.close()
    },
  },
  {
    name: 'consumer: an offset out of range is an error with none, and reset with earliest',
    async run(subject) {
      const topic = uniqueName('range')
      await createTopic(subject, topic, 1)
      await produce(subject, topic, numbered(3))
      const strict = consumerOf(subject, { 'group.id': topic, 'auto.offset.reset': 'none' })
      strict.assign([{ topic, partition: 0, offset: 99 }])
      const code = await take(strict, 1).then(
        () => 'no error',
        error => error.code,
      )
      expectEqual(code, 'OFFSET_OUT_OF_RANGE', 'the error')
      await strict.close()
      const lenient = consumerOf(subject, { 'group.id': topic })
      lenient.assign([{ topic, partition: 0, offset: 99 }])
      expectEqual(await take(lenient, 3), numbered(3), 'values')
      await lenient.close()
    },
  },
  {
    name: 'consumer: reads a topic that is deleted and made anew from its beginning',
    async run(subject) {
      const topic = uniqueName('anew')
      await createTopic(subject, topic, 1)
      await produce(subject, topic, numbered(5))
      const consumer = consumerOf(subject, { 'group.id': topic })
      consumer.assign([{ topic, partition: 0 }])
      expectEqual(await take(consumer, 5), numbered(5), 'before')
      const waiting = take(consumer, 3)
      waiting.catch(() => {})
      await deleteTopic(subject, topic)
      await new Promise(done => setTimeout(done, 300))
      await createTopic(subject, topic, 1)
      await produce(subject, topic, numbered(3, 'new'))
      expectEqual(await waiting, numbered(3, 'new'), 'after')
      await consumer.close()
    },
  },
  {
    name: 'consumer: goes on after kill -9 and a new start of its broker',
    skip: ({ restart }) => (restart === undefined ? 'the suite does not kill this broker' : undefined),
    async run(subject) {
      const topic = uniqueName('kill')
      await createTopic(subject, topic, 1)
      await produce(subject, topic, numbered(5))
      const consumer = consumerOf(subject, { 'group.id': topic })
      consumer.subscribe([topic])
      expectEqual(await take(consumer, 5), numbered(5), 'before')
      const waiting = take(consumer, 5)
      waiting.catch(() => {})
      await subject.restart!()
      await produce(subject, topic, numbered(5, 'after'))
      expectEqual(await waiting, numbered(5, 'after'), 'after')
      await consumer.close()
    },
  },
]
