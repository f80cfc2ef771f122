// kafkajs: admin, codecs, positions in one process; `member` and `produce` for the group scenario.
// Packages are found from SAMSA_INTEROP_NPM, a folder outside the repository, so that nothing is added to it.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { setTimeout as sleep } from 'node:timers/promises'

const require = createRequire(`${process.env.SAMSA_INTEROP_NPM}/package.json`)
const kafkajs = require('kafkajs')
const { Kafka, CompressionTypes, CompressionCodecs, ConfigResourceTypes, PartitionAssigners, logLevel } =
  kafkajs
const lz4 = require('lz4-napi')
const zstd = require('@mongodb-js/zstd')

CompressionCodecs[CompressionTypes.Snappy] = require('kafkajs-snappy')
CompressionCodecs[CompressionTypes.LZ4] = () => ({
  compress: encoder => lz4.compressFrame(encoder.buffer),
  decompress: buffer => lz4.decompressFrame(buffer),
})
CompressionCodecs[CompressionTypes.ZSTD] = () => ({
  compress: encoder => zstd.compress(encoder.buffer),
  decompress: buffer => zstd.decompress(buffer),
})

const [command, bootstrap, ...args] = process.argv.slice(2)
const kafka = new Kafka({ clientId: 'interop', brokers: [bootstrap], logLevel: logLevel.NOTHING })
const unique = prefix => `${prefix}-${Date.now() % 1e10}`

async function withAdmin(body) {
  const admin = kafka.admin()
  await admin.connect()
  try {
    return await body(admin)
  } finally {
    await admin.disconnect()
  }
}

const create = (topic, numPartitions = 1, configEntries = []) =>
  withAdmin(admin => admin.createTopics({ topics: [{ topic, numPartitions, configEntries }] }))

async function send(topic, messages, compression = CompressionTypes.None, options = {}) {
  const producer = kafka.producer({ allowAutoTopicCreation: false, ...options })
  await producer.connect()
  try {
    const keyed = messages.map(message => ({ partition: 0, ...message }))
    return await producer.send({ topic, messages: keyed, compression, acks: -1 })
  } finally {
    await producer.disconnect()
  }
}

/** Reads until `count` records came; calls `ready` once the group is joined. */
async function read({ topic, groupId, count, fromBeginning = true, prepare, ready }) {
  const consumer = kafka.consumer({
    groupId,
    heartbeatInterval: 500,
    sessionTimeout: 6000,
    maxWaitTimeInMs: 200,
  })
  const records = []
  await consumer.connect()
  try {
    await consumer.subscribe({ topic, fromBeginning })
    const joined = new Promise(resolve => consumer.on(consumer.events.GROUP_JOIN, resolve))
    await consumer.run({
      autoCommit: false,
      eachMessage: async ({ partition, message }) => void records.push({ partition, ...message }),
    })
    await joined
    await prepare?.(consumer)
    await ready?.()
    const end = Date.now() + 15_000
    while (records.length < count) {
      if (Date.now() > end) throw new Error(`${records.length} of ${count} records in 15 s`)
      await sleep(20)
    }
    return records
  } finally {
    await consumer.disconnect()
  }
}

async function topicsComeAndGo() {
  const topic = unique('kjs-admin')
  assert.equal(await create(topic, 3), true)
  assert.equal(await create(topic, 3), false, 'creating it twice was accepted')
  await withAdmin(async admin => {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    const partitions = topics[0].partitions.sort((a, b) => a.partitionId - b.partitionId)
    assert.deepEqual(
      partitions.map(one => [one.partitionId, one.partitionErrorCode, one.replicas.length]),
      [
        [0, 0, 1],
        [1, 0, 1],
        [2, 0, 1],
      ],
    )
    for (const { leader, replicas, isr } of partitions)
      assert.deepEqual([replicas, isr], [[leader], [leader]])
    const cluster = await admin.describeCluster()
    assert.equal(cluster.brokers.length, 1)
    assert.equal(
      `${cluster.brokers[0].host}:${cluster.brokers[0].port}`,
      bootstrap.replace('localhost', '127.0.0.1'),
    )
    await admin.deleteTopics({ topics: [topic] })
    for (let tries = 0; (await admin.listTopics()).includes(topic); tries++) {
      assert.ok(tries < 100, 'still listed 10 s after its deletion')
      await sleep(100)
    }
  })
}

async function partitionsAreAdded() {
  const topic = unique('kjs-grow')
  await create(topic, 2)
  await withAdmin(async admin => {
    await admin.createPartitions({ topicPartitions: [{ topic, count: 5 }] })
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] })
    assert.equal(topics[0].partitions.length, 5)
    await assert.rejects(admin.createPartitions({ topicPartitions: [{ topic, count: 3 }] }), /partition/i)
  })
}

async function configurationChanges() {
  const topic = unique('kjs-config')
  await create(topic, 1, [{ name: 'retention.ms', value: '7200000' }])
  await withAdmin(async admin => {
    const described = async () => {
      const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic }]
      const { resources: answers } = await admin.describeConfigs({ resources, includeSynonyms: true })
      return Object.fromEntries(answers[0].configEntries.map(entry => [entry.configName, entry.configValue]))
    }
    assert.equal((await described())['retention.ms'], '7200000')
    const configEntries = [{ name: 'cleanup.policy', value: 'compact' }]
    await admin.alterConfigs({ resources: [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }] })
    const after = await described()
    assert.deepEqual([after['cleanup.policy'], after['retention.ms']], ['compact', '604800000'])
  })
}

function sample(index, base) {
  return {
    key: index % 10 === 3 ? null : Buffer.from(`key-${index}`),
    value:
      index % 10 === 7
        ? null
        : Buffer.from(index % 10 === 5 ? '' : `value ${index} `.repeat((index % 20) + 1)),
    timestamp: String(base + index * 1000),
    headers:
      index % 3 === 0
        ? { trace: [Buffer.from(`${index}`), Buffer.from('again')], größe: Buffer.from('ü') }
        : {},
  }
}

const codecRoundTrip = (name, type) => async () => {
  const topic = unique(`kjs-${name}`)
  await create(topic)
  const wanted = Array.from({ length: 200 }, (_, index) => sample(index, Date.now() - 3_600_000))
  const [answer] = await send(topic, wanted, type, { idempotent: true, maxInFlightRequests: 1 })
  assert.deepEqual([answer.errorCode, answer.baseOffset, answer.partition], [0, '0', 0])
  const records = await read({ topic, groupId: unique('kjs-read'), count: 200 })
  records.forEach((record, index) => {
    const { key, value, timestamp, headers } = record
    assert.equal(record.offset, String(index))
    assert.deepEqual({ key, value, timestamp, headers }, wanted[index], `record ${index}`)
  })
}

async function latestSkipsThePast() {
  const topic = unique('kjs-latest')
  await create(topic)
  await send(
    topic,
    Array.from({ length: 5 }, () => ({ value: 'past' })),
  )
  const ready = async () => {
    await sleep(1000)
    await send(topic, [{ value: 'first' }, { value: 'second' }])
  }
  const records = await read({ topic, groupId: unique('kjs-latest'), count: 2, fromBeginning: false, ready })
  assert.deepEqual(
    records.map(one => [one.offset, one.value.toString()]),
    [
      ['5', 'first'],
      ['6', 'second'],
    ],
  )
}

async function committedOffsetsResume() {
  const [topic, groupId] = [unique('kjs-resume'), unique('kjs-resume')]
  await create(topic)
  await send(
    topic,
    Array.from({ length: 10 }, (_, index) => ({ value: `${index}` })),
  )
  const prepare = consumer =>
    consumer.commitOffsets([{ topic, partition: 0, offset: '4', metadata: 'halfway' }])
  await read({ topic, groupId, count: 4, prepare })
  const records = await read({ topic, groupId, count: 6 })
  assert.deepEqual(
    records.map(one => one.value.toString()),
    ['4', '5', '6', '7', '8', '9'],
  )
  await withAdmin(async admin => {
    const offsets = await admin.fetchOffsets({ groupId, topics: [topic] })
    assert.deepEqual(offsets[0].partitions, [{ partition: 0, offset: '4', metadata: 'halfway' }])
    const { groups } = await admin.describeGroups([groupId])
    assert.deepEqual([groups[0].state, groups[0].members.length], ['Empty', 0])
    assert.ok((await admin.listGroups()).groups.some(group => group.groupId === groupId))
    await admin.deleteGroups([groupId])
    assert.ok(!(await admin.listGroups()).groups.some(group => group.groupId === groupId))
  })
}

async function timeFindsOffsets() {
  const [topic, base] = [unique('kjs-time'), Date.now() - 3_600_000]
  await create(topic)
  const messages = Array.from({ length: 50 }, (_, i) => ({ value: `${i}`, timestamp: `${base + i * 1000}` }))
  await send(topic, messages)
  await withAdmin(async admin => {
    const at = async time => (await admin.fetchTopicOffsetsByTimestamp(topic, time))[0].offset
    assert.equal(await at(base + 20_000), '20')
    assert.equal(await at(base + 20_001), '21')
    assert.equal(await at(base - 1), '0')
    assert.equal(await at(base + 50_000), '50')
    const [{ low, high }] = await admin.fetchTopicOffsets(topic)
    assert.deepEqual([low, high], ['0', '50'])
  })
  const prepare = async consumer => consumer.seek({ topic, partition: 0, offset: '30' })
  const records = await read({ topic, groupId: unique('kjs-time'), count: 20, fromBeginning: false, prepare })
  assert.deepEqual([records[0].offset, records[0].value.toString(), records.length], ['30', '30', 20])
}

async function recordsAreDeleted() {
  const topic = unique('kjs-delete')
  await create(topic)
  await send(
    topic,
    Array.from({ length: 10 }, (_, index) => ({ value: `${index}` })),
  )
  await withAdmin(async admin => {
    await admin.fetchTopicOffsets(topic) // deleteTopicRecords only finds the leader of a topic it has seen
    await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: '6' }] })
    const [{ low, high }] = await admin.fetchTopicOffsets(topic)
    assert.deepEqual([low, high], ['6', '10'])
  })
  const records = await read({ topic, groupId: unique('kjs-delete'), count: 4 })
  assert.deepEqual(
    records.map(one => one.value.toString()),
    ['6', '7', '8', '9'],
  )
}

async function run(name, body) {
  try {
    await body()
    console.log(`ok - ${name}`)
  } catch (error) {
    const place = error.stack
      ?.split('\n')
      .find(line => line.includes('client.mjs:'))
      ?.match(/client\.mjs:\d+/)
    console.log(`not ok - ${name}: ${`${error.message}`.replaceAll('\n', ' ').slice(0, 600)} (${place})`)
  }
}

async function suite() {
  await run('topics are created, described, refused twice, deleted', topicsComeAndGo)
  await run('partitions are added and never taken away', partitionsAreAdded)
  await run('topic configuration is read and replaced', configurationChanges)
  const codecs = { none: 'None', gzip: 'GZIP', snappy: 'Snappy', lz4: 'LZ4', zstd: 'ZSTD' }
  for (const [name, type] of Object.entries(codecs)) {
    const title = `${name}: contents, order, offsets, timestamps and headers survive`
    await run(title, codecRoundTrip(name, CompressionTypes[type]))
  }
  await run('a consumer at the latest offset sees only what comes after', latestSkipsThePast)
  await run('a restarted consumer resumes at its committed offset', committedOffsetsResume)
  await run('offsets are found by time', timeFindsOffsets)
  await run('records below an offset are deleted', recordsAreDeleted)
}

/** kafkajs has one assignor; under a name of Java's it takes part in groups of Java's clients, as its users do it. */
const assignorNamed = name => options => {
  const roundRobin = PartitionAssigners.roundRobin(options)
  const protocol = offer => ({ ...roundRobin.protocol(offer), name })
  return { ...roundRobin, name, protocol }
}

async function member(topic, groupId, assignor) {
  const consumer = kafka.consumer({
    groupId,
    ...(assignor !== undefined && { partitionAssigners: [assignorNamed(assignor)] }),
    heartbeatInterval: 500,
    sessionTimeout: 6000,
    rebalanceTimeout: 10_000,
    maxWaitTimeInMs: 200,
    allowAutoTopicCreation: false,
  })
  consumer.on(consumer.events.GROUP_JOIN, ({ payload }) => {
    console.log(`assigned ${(payload.memberAssignment[topic] ?? []).join(',')}`)
  })
  await consumer.connect()
  await consumer.subscribe({ topic, fromBeginning: true })
  await consumer.run({
    autoCommitInterval: 200,
    eachMessage: async ({ partition, message }) => {
      console.log(`record ${partition} ${message.offset} ${message.value}`)
    },
  })
  process.on('SIGTERM', async () => {
    await consumer.disconnect()
    process.exit(0)
  })
}

async function produce(topic, partitions, count, delayMs) {
  const producer = kafka.producer({ allowAutoTopicCreation: false })
  await producer.connect()
  const sending = []
  for (let number = 0; number < count; number++) {
    const messages = [{ partition: number % partitions, value: `${number}` }]
    const sent = producer.send({ topic, messages, acks: -1 })
    sending.push(
      sent.then(
        ([one]) => console.log(`acked ${one.partition} ${one.baseOffset} ${number}`),
        error => console.log(`failed ${error.message}`),
      ),
    )
    await sleep(delayMs)
  }
  await Promise.all(sending)
  await producer.disconnect()
}

if (command === 'suite') await suite()
if (command === 'create') await create(args[0], Number(args[1]))
if (command === 'member') await member(...args)
if (command === 'produce') await produce(args[0], ...args.slice(1).map(Number))
