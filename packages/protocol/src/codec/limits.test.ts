import { ByteReader, ByteWriter, MalformedError, concatBytes } from '@samsa/base'
import { describe, expect, test } from 'vitest'
import { CreateTopics, Fetch, Heartbeat, Metadata, Produce } from '../messages/index.ts'
import { array, bigInt64, bytes, int32, string, struct } from '../schema/field.ts'
import { message } from '../schema/message.ts'
import {
  decodeMessage,
  decodeRequest,
  decodeRequestInSteps,
  decodeVersioned,
  encodeMessage,
  encodeRequest,
  encodeResponse,
  encodeResponseInSteps,
  encodeVersioned,
} from './codec.ts'

function thrown(act: () => unknown): Error {
  try {
    act()
  } catch (error) {
    return error as Error
  }
  throw new Error('nothing was thrown')
}

describe('hostile lengths', () => {
  const List = message({
    name: 'List',
    versions: [0, 1],
    flexible: 1,
    fields: () => ({ items: array(struct({ a: int32 })) }),
  })

  test('more elements than fit are refused before anything is allocated', () => {
    const huge = new Uint8Array([0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0])
    expect(() => decodeMessage(List, 0, huge)).toThrow(
      '2147483647 elements do not fit into the 4 bytes left (at /items)',
    )
    const compact = new Uint8Array([0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0, 0, 0])
    expect(() => decodeMessage(List, 1, compact)).toThrow('4294967294 elements do not fit')
  })

  test('elements that may be empty count as a byte each', () => {
    const Empty = message({
      name: 'Empty',
      versions: [0, 0],
      flexible: 'none',
      fields: () => ({ items: array(struct({})) }),
    })
    expect(() => decodeMessage(Empty, 0, new Uint8Array([0, 0, 0, 9, 1, 1]))).toThrow(MalformedError)
    expect(decodeMessage(Empty, 0, new Uint8Array([0, 0, 0, 2, 1, 1])).items).toHaveLength(2)
  })

  test('a string or bytes longer than what is left are refused', () => {
    const Text = message({
      name: 'Text',
      versions: [0, 1],
      flexible: 1,
      fields: () => ({ text: string, data: bytes }),
    })
    expect(() => decodeMessage(Text, 0, new Uint8Array([0x7f, 0xff, 1]))).toThrow(MalformedError)
    expect(() => decodeMessage(Text, 0, new Uint8Array([0, 0, 0x7f, 0xff, 0xff, 0xff]))).toThrow('(at /data)')
    expect(() => decodeMessage(Text, 1, new Uint8Array([0xff, 0xff, 0xff, 0xff, 0x0f]))).toThrow('(at /text)')
  })

  test('a frame of nothing but small elements does not become gigabytes of objects', () => {
    // Topics of a Metadata request, 18 bytes each: an id of zeros, a null name, no tags.
    const frame = new Uint8Array(40_000_000)
    const writer = new ByteWriter()
    writer.unsignedVarint(2_000_001)
    frame.set(writer.toBytes())
    expect(() => decodeRequest(Metadata, 12, new ByteReader(frame))).toThrow(
      'more objects than any honest one',
    )
  })

  test('long strings have their price', () => {
    const frame = new Uint8Array(40_000_000).fill(0x61)
    frame.set([0, 0, 4, 0])
    for (let at = 4; at < frame.length - 2; at += 2 + 32_000) frame.set([32_000 >> 8, 32_000 & 255], at)
    expect(() => decodeRequest(Metadata, 0, new ByteReader(frame))).toThrow(
      'more objects than any honest one',
    )
  })

  test('a known tagged field that comes again and again has its price, too', () => {
    const frame = new Uint8Array(10_000_000)
    const writer = new ByteWriter()
    encodeRequest(Fetch, 12, { maxWaitMs: 1, minBytes: 1, topics: [] }, writer)
    const request = writer.toBytes().subarray(0, -1)
    const count = new ByteWriter()
    count.unsignedVarint(3_000_000)
    const start = concatBytes([request, count.toBytes()])
    frame.set(start)
    for (let at = start.length; at < frame.length - 2; at += 3) frame.set([0, 1, 1], at)
    expect(() => decodeRequest(Fetch, 12, new ByteReader(frame))).toThrow('more objects than any honest one')
  })

  test('unknown tagged fields have their price, too', () => {
    const frame = new Uint8Array(10_000_000)
    const writer = new ByteWriter()
    writer.utf8('\u0002g') // groupId
    writer.int32(1)
    writer.bytes(new Uint8Array([2, 0x6d, 0])) // memberId, groupInstanceId
    writer.unsignedVarint(4_000_000)
    const start = writer.toBytes()
    frame.fill(0)
    frame.set(start)
    for (let at = start.length; at < frame.length; at += 2) frame[at] = 9
    expect(() => decodeRequest(Heartbeat, 4, new ByteReader(frame))).toThrow(
      'more objects than any honest one',
    )
  })
})

describe('a large message', () => {
  const topicCount = 10_000
  const partitions = Array.from({ length: 10 }, (_, partition) => ({
    partition,
    fetchOffset: 0,
    partitionMaxBytes: 1,
  }))
  const request = {
    maxWaitMs: 1,
    minBytes: 1,
    topics: Array.from({ length: topicCount }, (_, i) => ({ topic: `topic-${i}`, partitions })),
  }

  test('of ten thousand topics with ten partitions each is decoded, at once and in steps', () => {
    const writer = new ByteWriter()
    encodeRequest(Fetch, 12, request, writer)
    const bytes = writer.toBytes()
    const whole = decodeRequest(Fetch, 12, new ByteReader(bytes))
    expect(whole.topics).toHaveLength(topicCount)
    const steps = decodeRequestInSteps(Fetch, 12, new ByteReader(bytes))
    let count = 0
    for (;;) {
      const step = steps.next()
      if (step.done) {
        expect(step.value).toEqual(whole)
        break
      }
      count++
      // Others decode meanwhile, with budgets of their own.
      if (count === 5) {
        expect(() => decodeRequest(Metadata, 0, new ByteReader(new Uint8Array([9, 9, 9, 9])))).toThrow(
          MalformedError,
        )
      }
    }
    expect(count).toBeGreaterThan(1000)
  })

  test('in steps has one budget over all of them', () => {
    const frame = new Uint8Array(40_000_000)
    const writer = new ByteWriter()
    writer.unsignedVarint(5)
    writer.unsignedVarint(300_001)
    frame.set(writer.toBytes())
    const steps = decodeRequestInSteps(CreateTopics, 5, new ByteReader(frame))
    const decode = () => {
      while (!steps.next().done) decodeRequest(Metadata, 0, new ByteReader(new Uint8Array(4)))
    }
    expect(decode).toThrow(MalformedError)
  })

  test('is encoded in steps to the same bytes, while others write', () => {
    const topics = Array.from({ length: topicCount }, (_, i) => ({
      name: `topic-${i}`,
      errorCode: 'NONE' as const,
      partitions: [],
    }))
    const writer = new ByteWriter()
    encodeResponse(Metadata, 9, { brokers: [], topics }, writer)
    const inSteps = new ByteWriter()
    for (const _ of encodeResponseInSteps(Metadata, 9, { brokers: [], topics }, inSteps)) {
      const other = new ByteWriter()
      other.utf8('something else')
      other.finish()
    }
    expect(inSteps.toBytes()).toEqual(writer.toBytes())
  })
})

describe('what is wrong, and where', () => {
  test('a malformed field is named by its path', () => {
    const writer = new ByteWriter()
    const partition = { index: 0, records: new Uint8Array(3) }
    const topics = [{ name: 'a', partitionData: [partition, { ...partition, index: 1 }] }]
    encodeRequest(Produce, 3, { acks: 1, timeoutMs: 5, topicData: topics }, writer)
    const cut = writer.toBytes().subarray(0, -2)
    const error = thrown(() => decodeRequest(Produce, 3, new ByteReader(cut)))
    expect(error).toBeInstanceOf(MalformedError)
    expect(error).toMatchObject({ path: '/topicData/0/partitionData/1/records' })
    expect(error.message).toContain('3 bytes expected where 1 are left')
  })

  test('null where a value must be is malformed', () => {
    expect(() => decodeRequest(Heartbeat, 0, new ByteReader(new Uint8Array([0xff, 0xff])))).toThrow(
      'null where a value must be (at /groupId)',
    )
  })

  test('a value of the wrong type or range is named by its path', () => {
    const request = { groupId: 'g', generationId: 2 ** 31, memberId: 'm' }
    expect(() => encodeRequest(Heartbeat, 4, request, new ByteWriter())).toThrow(
      '2147483648 is not an int32 (at /generationId)',
    )
    const misspelt = { errorCode: 'NO_SUCH_ERROR' as 'NONE' }
    expect(() => encodeResponse(Heartbeat, 4, misspelt, new ByteWriter())).toThrow(
      "'NO_SUCH_ERROR' is not an error",
    )
    const missing = { groupId: 'g', memberId: 'm' } as unknown as typeof request
    expect(() => encodeRequest(Heartbeat, 4, missing, new ByteWriter())).toThrow('(at /generationId)')
    const long = { groupId: 'x'.repeat(40_000), generationId: 1, memberId: 'm' }
    expect(() => encodeRequest(Heartbeat, 4, long, new ByteWriter())).toThrow(
      'a string of 40000 bytes is too long',
    )
  })

  test('a version that does not exist is a mistake of the caller', () => {
    expect(() => decodeRequest(Heartbeat, 5, new ByteReader(new Uint8Array(9)))).toThrow(RangeError)
    expect(() => decodeRequest(Heartbeat, -1, new ByteReader(new Uint8Array(9)))).toThrow(RangeError)
  })
})

describe('fields that a version lacks', () => {
  const request = { groupId: 'g', generationId: 1, memberId: 'm' }

  test('must be at their default, or encoding fails', () => {
    const isStatic = { ...request, groupInstanceId: 'i' }
    expect(() => encodeRequest(Heartbeat, 2, isStatic, new ByteWriter())).toThrow(
      "version 2 of HeartbeatRequest has no 'groupInstanceId', which has a value to send (at /groupInstanceId)",
    )
    encodeRequest(Heartbeat, 2, { ...request, groupInstanceId: null }, new ByteWriter())
    encodeRequest(Heartbeat, 3, isStatic, new ByteWriter())
  })

  test('are dropped when they may be ignored', () => {
    const writer = new ByteWriter()
    encodeResponse(Heartbeat, 0, { throttleTimeMs: 100, errorCode: 'NONE' }, writer)
    expect([...writer.toBytes()]).toEqual([0, 0])
  })

  test('decode to their default', () => {
    const decoded = decodeRequest(
      Heartbeat,
      0,
      new ByteReader(new Uint8Array([0, 1, 0x67, 0, 0, 0, 5, 0, 1, 0x6d])),
    )
    expect(decoded).toEqual({ groupId: 'g', generationId: 5, memberId: 'm', groupInstanceId: null })
  })

  test('defaults that are objects are new each time', () => {
    const writer = new ByteWriter()
    encodeRequest(Fetch, 4, { maxWaitMs: 1, minBytes: 1, topics: [] }, writer)
    const bytes = writer.toBytes()
    const [a, b] = [1, 2].map(() => decodeRequest(Fetch, 4, new ByteReader(bytes)))
    expect(a!.replicaState).not.toBe(b!.replicaState)
    expect(a!.forgottenTopicsData).not.toBe(b!.forgottenTopicsData)
  })
})

describe('large bytes', () => {
  test('are passed on by reference, small ones are copied', () => {
    const Data = message({
      name: 'Data',
      versions: [0, 0],
      flexible: 0,
      fields: () => ({ small: bytes, large: bytes }),
    })
    const value = { small: new Uint8Array(10), large: new Uint8Array(5000) }
    const writer = new ByteWriter()
    writer.bytes(encodeMessage(Data, 0, { small: value.small, large: value.small }))
    const partition = { index: 0, records: value.large }
    encodeRequest(
      Produce,
      3,
      { acks: 1, timeoutMs: 1, topicData: [{ name: 't', partitionData: [partition] }] },
      writer,
    )
    expect(writer.finish()).toContain(value.large)
  })

  test('decode to views of the frame', () => {
    const Data = message({
      name: 'Data',
      versions: [0, 0],
      flexible: 0,
      fields: () => ({ data: bytes, hash: bigInt64 }),
    })
    const frame = encodeMessage(Data, 0, { data: new Uint8Array([1, 2]), hash: -1n })
    const decoded = decodeMessage(Data, 0, frame)
    expect(decoded.hash).toBe(-1n)
    expect(decoded.data.buffer).toBe(frame.buffer)
  })
})

describe('messages that start with their version', () => {
  const Old = message({ name: 'Old', versions: [0, 1], flexible: 'none', fields: () => ({ a: int32 }) })

  test('come back with it', () => {
    expect(decodeVersioned(Old, encodeVersioned(Old, 1, { a: 7 }))).toEqual({ version: 1, value: { a: 7 } })
  })

  test('of a newer version are malformed, or read as the newest where the format promises that', () => {
    const newer = new Uint8Array([0, 5, 0, 0, 0, 7, 9, 9])
    expect(() => decodeVersioned(Old, newer)).toThrow('Old has no version 5')
    expect(decodeVersioned(Old, newer, { newestAtMost: true })).toEqual({ version: 5, value: { a: 7 } })
    expect(() => decodeVersioned(Old, new Uint8Array([0xff, 0xff, 0, 0]), { newestAtMost: true })).toThrow(
      MalformedError,
    )
  })
})
