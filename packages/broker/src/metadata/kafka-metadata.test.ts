import { readFileSync } from 'node:fs'
import { ByteWriter, encodeUtf8, silentLogger, simulatedWorld, uuidToBytes } from '@samsa/base'
import { encodeBatch } from '@samsa/protocol'
import { describe, expect, it } from 'vitest'
import { readKafkaMetadata } from './kafka-metadata.ts'
import { openMetadata } from './metadata.ts'

const recorded = readFileSync(new URL('fixtures/kafka-4.3.1-cluster-metadata.bin', import.meta.url))
const directory = '/data/__cluster_metadata-0'
const topicId = 'rzKLpV_rS8OmKwXUgeuaPg'

function worldWith(files: Record<string, Uint8Array>) {
  const world = simulatedWorld(1)
  for (const [path, bytes] of Object.entries(files)) {
    world.disk.makeDirectory(path.slice(0, path.lastIndexOf('/')))
    const file = world.disk.open(path, { create: true })
    file.write([bytes], 0)
    file.close()
  }
  return world
}

/** A ConfigRecord of one key, framed as Kafka frames it. */
function configRecord(type: number, name: string, key: string, value: string | null): Uint8Array {
  const writer = new ByteWriter()
  for (const number of [1, 4, 0]) writer.unsignedVarint(number)
  writer.int8(type)
  for (const text of [name, key, value]) {
    writer.unsignedVarint(text === null ? 0 : text.length + 1)
    if (text !== null) writer.bytes(encodeUtf8(text))
  }
  writer.unsignedVarint(0)
  return writer.toBytes()
}

function batchOf(baseOffset: number, ...values: Uint8Array[]): Uint8Array {
  return encodeBatch({ baseOffset, records: values.map(value => ({ timestamp: 0, key: null, value })) })
}

describe('the metadata that Apache Kafka left', () => {
  it('is read from its log: topics, configurations, producer ids', () => {
    const world = worldWith({ [`${directory}/00000000000000000000.log`]: recorded })
    const read = readKafkaMetadata(world.disk, directory)
    expect([...read.topics]).toEqual([[topicId, 'keep']])
    expect(read.configs).toEqual([
      {
        resource: { type: 'broker', name: 'default' },
        entries: { 'min.insync.replicas': '1', 'log.cleaner.threads': '2' },
      },
      {
        resource: { type: 'topic', name: 'keep' },
        entries: { 'cleanup.policy': 'compact', 'segment.bytes': '1048600' },
      },
    ])
    expect(read.nextProducerId).toBe(1000)
  })

  it('is the newest snapshot and what the log holds after it, up to a torn end', () => {
    const group = (key: string, value: string | null) => configRecord(32, 'g', key, value)
    const torn = batchOf(7, group('c', 'torn')).subarray(0, 70)
    const tail = [
      batchOf(3, group('a', 'before the snapshot')),
      batchOf(5, group('b', null), group('c', '3')),
      torn,
    ]
    const world = worldWith({
      [`${directory}/00000000000000000002-0000000001.checkpoint`]: batchOf(0, group('a', 'old')),
      [`${directory}/00000000000000000005-0000000001.checkpoint`]: batchOf(
        0,
        group('a', '1'),
        group('b', '2'),
      ),
      [`${directory}/00000000000000000003.log`]: new Uint8Array(Buffer.concat(tail)),
    })
    const { configs } = readKafkaMetadata(world.disk, directory)
    expect(configs).toEqual([{ resource: { type: 'group', name: 'g' }, entries: { a: '1', c: '3' } }])
  })

  it('comes along with the topics of a data directory at the first start', async () => {
    expect(uuidToBytes(topicId)).toHaveLength(16)
    const world = worldWith({
      [`${directory}/00000000000000000000.log`]: recorded,
      '/data/keep-0/partition.metadata': encodeUtf8(`version: 0\ntopic_id: ${topicId}\n`),
      '/data/keep-0/leader-epoch-checkpoint': encodeUtf8('0\n2\n0 0\n4 17\n'),
    })
    const found = [{ topic: 'keep', partition: 0, directory: '/data/keep-0' }]
    const open = () => openMetadata({ world, logger: silentLogger, directory: '/data', nodeId: 1, found })
    const metadata = await world.finish(open())
    expect(metadata.image().topicConfig('keep')).toMatchObject({ 'cleanup.policy': 'compact' })
    expect(metadata.image().brokerConfig('default')).toMatchObject({ 'log.cleaner.threads': '2' })
    expect(metadata.image().partition('keep', 0)).toMatchObject({ leader: 1, leaderEpoch: 5 })
    expect(await world.finish(metadata.producerIds.next())).toBe(1000)
    await world.finish(metadata.close())

    const again = await world.finish(open())
    expect(again.image().revision).toBe(metadata.image().revision)
  })
})
