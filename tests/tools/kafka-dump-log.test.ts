import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker
let directory: string
let log: string

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'dump-log-'))
  broker = await ToolBroker.start({
    storage: join(directory, 'broker'),
    topics: [{ name: 'orders', configs: { 'index.interval.bytes': 1 } }],
    config: { 'offsets.topic.num.partitions': 1 },
  })
  const producer = broker.samsa.producer<string, string>()
  for (const value of ['a', 'b', 'c'])
    await producer.send({
      topic: 'orders',
      key: 'k',
      value,
      headers: { h: '1' },
      timestamp: 1000 + value.charCodeAt(0),
    })
  await producer.close()
  const admin = broker.samsa.admin()
  await admin.alterGroupOffsets('billing', [{ topic: 'orders', partition: 0, offset: 2, metadata: 'm' }])
  await admin.close()
  await broker.samsa.close()
  log = join(directory, 'broker/orders-0/00000000000000000000.log')
})
afterAll(() => rmSync(directory, { recursive: true }))

const dump = (words: string) => broker.run(`kafka-dump-log ${words}`)

describe('kafka-dump-log', () => {
  it('shows batches, and with them records', async () => {
    const { code, output, errors } = await dump(`--files ${log}`)
    expect([code, errors]).toEqual([0, ''])
    expect(output).toContain('\nLog starting offset: 0\nbaseOffset: 0 lastOffset: 0 count: 1 ')
    expect(output.match(/ magic: 2 compresscodec: none crc: \d+ isvalid: true\n/g)).toHaveLength(3)
    const deep = await dump(`--files ${log} --print-data-log`)
    expect(deep.output).toContain(
      '\n| offset: 2 CreateTime: 1099 keySize: 1 valueSize: 1 sequence: 2 headerKeys: [h] key: k payload: c\n',
    )
    expect((await dump(`--files ${log} --print-data-log --skip-record-metadata`)).output).toContain(
      '\n| key: k payload: b\n',
    )
    expect((await dump(`--files ${log} --max-bytes 100`)).output.match(/baseOffset/g)).toHaveLength(1)
  })

  it('finds what does not belong: torn ends, flipped bits, gaps', async () => {
    const bytes = readFileSync(log)
    const torn = join(directory, '00000000000000000000.log')
    writeFileSync(torn, bytes.subarray(0, bytes.length - 5))
    expect((await dump(`--files ${torn}`)).output).toMatch(
      /Found \d+ invalid bytes at the end of 0{20}\.log\n$/,
    )
    bytes[bytes.length - 1]! ^= 1
    writeFileSync(torn, bytes)
    expect((await dump(`--files ${torn}`)).output).toMatch(/baseOffset: 2 .* isvalid: false\n$/)
    writeFileSync(torn, bytes.subarray(bytes.readInt32BE(8) + 12))
    expect((await dump(`--files ${torn} --deep-iteration`)).errors).toBe(
      `Non-consecutive offsets in ${torn}\n  -1 is followed by 1\n`,
    )
  })

  it('compares indexes with their log', async () => {
    const partition = join(directory, 'copy')
    cpSync(join(directory, 'broker/orders-0'), partition, { recursive: true })
    const index = join(partition, '00000000000000000000.index')
    const shown = await dump(`--files ${index}`)
    expect(shown.errors).toBe('')
    expect(shown.output).toMatch(/\noffset: 1 position: \d+\noffset: 2 position: \d+\n$/)
    expect((await dump(`--files ${index} --index-sanity-check`)).output).toContain(
      `${index} passed sanity check.`,
    )
    const times = join(partition, '00000000000000000000.timeindex')
    expect(await dump(`--files ${times}`)).toMatchObject({ code: 0, errors: '' })
    const bytes = readFileSync(index)
    bytes.writeInt32BE(0, bytes.length - 4)
    writeFileSync(index, bytes)
    expect((await dump(`--files ${index} --verify-index-only`)).errors).toBe(
      `Mismatches in :${index}\n  Index offset: 2, log offset: 0\n`,
    )
    truncateSync(index, 9)
    expect((await dump(`--files ${index} --index-sanity-check`)).code).toBe(1)
  })

  it('shows the producers that a partition remembers', async () => {
    const snapshot = join(directory, 'broker/orders-0/00000000000000000003.snapshot')
    expect((await dump(`--files ${snapshot}`)).output).toMatch(
      /\nproducerId: \d+ producerEpoch: 0 coordinatorEpoch: -1 currentTxnFirstOffset: OptionalLong.empty lastTimestamp: \d+ firstSequence: 0 lastSequence: 0 lastOffset: 0 /,
    )
  })

  it('reads what groups committed', async () => {
    const offsets = join(directory, 'broker/__consumer_offsets-0/00000000000000000000.log')
    const { output } = await dump(`--files ${offsets} --offsets-decoder --skip-record-metadata`)
    expect(output).toContain(
      '| key: {"type":"1","data":{"group":"billing","topic":"orders","partition":0}} payload: {"version":"',
    )
    expect((await dump(`--files ${log} --offsets-decoder`)).output).toContain(
      ' key: Error at offset 0, skipping. ',
    )
  })

  it('says what is wrong with files and options', async () => {
    expect((await dump(`--files ${directory}/notes.txt`)).errors).toBe(
      `Ignoring unknown file ${directory}/notes.txt\n`,
    )
    expect(await dump('--files /no/00000000000000000000.log')).toMatchObject({ code: 1 })
    expect((await dump(`--files ${log} --value-decoder-class my.Decoder`)).errors).toContain(
      'my.Decoder is a Java class, which cannot be run here. There are: StringDecoder',
    )
    expect((await dump('--print-data-log')).errors).toContain('Missing required argument "[files]"')
  })
})
