import { ByteWriter, writeInt16 } from '@samsa/base'
import {
  type Api,
  ApiVersions,
  CreateTopics,
  Fetch,
  Heartbeat,
  Metadata,
  Produce,
  encodeBatch,
  encodeRequest,
  encodeRequestHeader,
} from '@samsa/protocol'
import { encodeFrame } from '../wire/wire-connection.ts'
import { awaitTopics } from './await-topics.ts'
import type { Pair } from './pair.ts'

/** Whole frames: headers that are wrong, requests that end early or late, and what is not answered. */
export async function frames(pair: Pair): Promise<void> {
  const topics = [{ name: 'framed', numPartitions: 1, replicationFactor: 1, assignments: [], configs: [] }]
  await pair.prepare(CreateTopics, { topics, timeoutMs: 10_000 })
  await awaitTopics(pair, 'framed')
  await versions(pair)
  await headers(pair)
  await lengths(pair)
  await unanswered(pair)
}

interface Header {
  readonly key?: number
  readonly version?: number
  readonly clientId?: string | null
}

/** A frame of a request in its version, with another key or version written over the header's. */
function frameOf<A extends Api>(api: A, version: number, request: object, header: Header = {}): Uint8Array {
  const { key = api.key, clientId = 'parity' } = header
  const writer = new ByteWriter()
  encodeRequestHeader(api, version, 7, clientId, writer)
  encodeRequest(api, version, request as never, writer)
  const bytes = writer.toBytes()
  writeInt16(bytes, 0, key)
  writeInt16(bytes, 2, header.version ?? version)
  return framed(bytes)
}

/** With its length before it, or a length that is wrong. */
function framed(body: Uint8Array, length = body.length): Uint8Array {
  const writer = new ByteWriter()
  writer.int32(length)
  writer.bytes(body)
  return writer.toBytes()
}

const body = (frame: Uint8Array) => frame.subarray(4)

async function versions(pair: Pair): Promise<void> {
  for (const version of [5, 99, 32767, -1])
    await pair.askFrame(`a version ${version} that there is not`, frameOf(ApiVersions, 0, {}, { version }), [
      ApiVersions,
      0,
    ])
  for (const [api, version] of [
    [Metadata, 99],
    [Metadata, -1],
    [Fetch, 77],
    [Heartbeat, 99],
  ] as const)
    await pair.askFrame(
      `${api.name} of a version ${version} that there is not`,
      frameOf(ApiVersions, 0, {}, { key: api.key, version }),
    )
  for (const key of [-1, 93, 999, 32767])
    await pair.askFrame(`a request ${key} that there is not`, frameOf(ApiVersions, 0, {}, { key }))
}

async function headers(pair: Pair): Promise<void> {
  for (const version of [0, 4]) {
    const ask = (label: string, clientId: string | null) =>
      pair.askFrame(`${label}, v${version}`, frameOf(Heartbeat, version, beat, { clientId }), [
        Heartbeat,
        version,
      ])
    await ask('a client without a name', '')
    await ask('a client of null', null)
    await ask('a client of a long name', 'c'.repeat(10_000))
  }
}

const beat = { groupId: 'framed', generationId: 1, memberId: 'm' }

async function lengths(pair: Pair): Promise<void> {
  for (const version of [0, 4]) {
    const whole = body(frameOf(Heartbeat, version, beat))
    const ask = (label: string, frame: Uint8Array) =>
      pair.askFrame(`${label}, v${version}`, frame, [Heartbeat, version])
    await ask('cut off in its last field', framed(whole.subarray(0, whole.length - 2)))
    await ask('cut off in its header', framed(whole.subarray(0, 6)))
    await ask('bytes after its end', framed(Buffer.concat([whole, new Uint8Array(5)])))
    await ask('no bytes', framed(new Uint8Array(0)))
    await ask('a length below zero', framed(whole, -1))
    await ask('a length beyond the limit', framed(whole, 0x7fffffff))
  }
  const nullGroup = body(frameOf(Heartbeat, 0, beat))
  const at = nullGroup.length - 'framed'.length - 2 - 4 - 3
  const changed = Uint8Array.from(nullGroup)
  changed.set([255, 255], at)
  await pair.askFrame('null where there is none', framed(changed), [Heartbeat, 0])
}

/** Producing without an answer; what is asked next on the connection tells how it went. */
async function unanswered(pair: Pair): Promise<void> {
  for (const version of pair.versions(Produce).filter(one => one < 13)) {
    const write = (name: string, records: Uint8Array | null) =>
      encodeFrame(
        Produce,
        version,
        {
          acks: 0,
          timeoutMs: 1000,
          topicData: [{ name, partitionData: [{ index: 0, records }] }],
        },
        1,
      )
    const ask = (label: string, frame: Uint8Array) =>
      pair.askFrame(`${label}, v${version}`, Buffer.concat([frame, encodeFrame(Heartbeat, 0, beat, 2)]), [
        Heartbeat,
        0,
      ])
    const good = encodeBatch({ records: [{ timestamp: Date.now(), key: null, value: new Uint8Array(3) }] })
    const damaged = Uint8Array.from(good)
    damaged[damaged.length - 1]! ^= 1
    await ask('a batch without an answer', write('framed', good))
    await ask('a damaged batch without an answer', write('framed', damaged))
    await ask('a batch for an unknown topic without an answer', write('no such topic', good))
  }
}
