import { type Connection, type Receiver, realWorld, silentLogger, writeInt32 } from '@samsa/base'
import { afterEach, describe, expect, it } from 'vitest'
import { openFrameClient } from './frame-client.ts'
import { type FrameListener, serveFrames } from './frame-server.ts'
import type { FrameHandler } from './served-connection.ts'

const world = realWorld()
const listeners: FrameListener[] = []

afterEach(async () => {
  for (const listener of listeners.splice(0)) await listener.close({ timeoutMs: 100 })
})

async function serve(frame: FrameHandler['frame']): Promise<FrameListener> {
  const listener = await serveFrames({
    ...world,
    logger: silentLogger,
    address: { host: '127.0.0.1', port: 0 },
    accept: () => ({ frame }),
  })
  listeners.push(listener)
  return listener
}

describe('frames over TCP', () => {
  it('of all sizes come back as they were sent, many at a time', async () => {
    const listener = await serve(bytes =>
      bytes[3]! % 3 === 0 ? Promise.resolve([bytes.slice()]) : [bytes.slice()],
    )
    const client = await openFrameClient({ ...world, address: listener.address })
    const sizes = [4, 100, 4096, 4097, 8192, 16_379, 16_380, 16_381, 65_536, 65_537, 1_000_000, 20_000_000]
    const frames = [...sizes, ...sizes.toReversed(), ...sizes].map((size, i) => {
      const frame = Buffer.alloc(size, i)
      writeInt32(frame, 0, i)
      return frame
    })
    const answers = await Promise.all(frames.map((frame, i) => client.request(i, [frame])))
    answers.forEach((answer, i) => expect(Buffer.compare(answer, frames[i]!)).toBe(0))
    expect(listener.memory.budget.usedBytes).toBe(0)
    client.close()
  })

  it('from 500 connections that each announce 100 MB cost next to nothing, and honest clients notice nothing', async () => {
    const listener = await serve(bytes => [bytes.slice(0, 4)])
    const before = process.memoryUsage().rss
    const liars: Connection[] = []
    for (let i = 0; i < 500; i++) {
      const connection = await world.network.connect(listener.address)
      connection.receive(idleReceiver())
      // The length, and a little more.
      const start = new Uint8Array(100)
      writeInt32(start, 0, 100_000_000)
      connection.write([start])
      liars.push(connection)
    }
    const client = await openFrameClient({ ...world, address: listener.address })
    for (let i = 0; i < 200; i++) await client.request(i, [Uint8Array.of(0, 0, 0, i)])
    expect(listener.connectionCount).toBe(501)
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000)
    client.close()
    for (const liar of liars) liar.destroy()
  })

  it('pass by the hundred megabytes through a few buffers', async () => {
    const listener = await serve(bytes => [bytes.slice(0, 4)])
    const client = await openFrameClient({ ...world, address: listener.address })
    const frame = new Uint8Array(1_000_000)
    for (let round = 0; round < 40; round++) {
      const requests = [0, 1, 2, 3, 4].map(i => {
        const header = new Uint8Array(4)
        writeInt32(header, 0, round * 5 + i)
        return client.request(round * 5 + i, [header, frame])
      })
      await Promise.all(requests)
    }
    expect(listener.counters.bytesReceived).toBe(200 * 1_000_008)
    expect(listener.memory.pool.idleBytes).toBeLessThan(16_000_000)
    client.close()
  })
})

function idleReceiver(): Receiver {
  const buffer = new Uint8Array(16)
  return { buffer: () => buffer, received() {}, ended() {}, closed() {} }
}
