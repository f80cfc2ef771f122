import {
  type Address,
  type Connection,
  type LogFields,
  type Logger,
  type Network,
  type Receiver,
  type SimulatedWorld,
  concatBytes,
  equalBytes,
  simulatedWorld,
  writeInt32,
} from '@samsa/base'
import { describe, expect, it } from 'vitest'
import { openFrameClient } from './frame-client.ts'
import { frameMemory } from './frame-memory.ts'
import { type FrameListener, type ServeFramesOptions, serveFrames } from './frame-server.ts'
import type { FrameHandler, Outgoing } from './served-connection.ts'

const address = { host: 'broker', port: 9092 }

interface Setting {
  world: SimulatedWorld
  client: SimulatedWorld
  listener: FrameListener
  log: string[]
}

async function serve(
  options: Partial<ServeFramesOptions> & { seed?: number; frame?: FrameHandler['frame'] } = {},
): Promise<Setting> {
  const world = simulatedWorld(options.seed ?? 1, { name: 'broker' })
  const log: string[] = []
  const listener = await serveFrames({
    network: world.network,
    clock: world.clock,
    logger: recordingLogger(log),
    address,
    accept: () => ({ frame: options.frame ?? (bytes => [bytes.slice()]) }),
    ...options,
  })
  return { world, client: world.host('client'), listener, log }
}

/** Opens a connection that sends raw bytes, and remembers what it receives. */
async function dial({ client }: Setting): Promise<RawClient> {
  return new RawClient(await client.finish(client.network.connect(address)))
}

async function dialMany(setting: Setting, count: number): Promise<RawClient[]> {
  const clients: RawClient[] = []
  while (clients.length < count) clients.push(await dial(setting))
  return clients
}

class RawClient implements Receiver {
  readonly connection: Connection
  readonly #buffer = new Uint8Array(4096)
  receivedBytes = 0
  isEnded = false
  isClosed = false

  constructor(connection: Connection) {
    this.connection = connection
    connection.receive(this)
  }

  get isOver(): boolean {
    return this.isEnded || this.isClosed
  }

  buffer(): Uint8Array {
    return this.#buffer
  }

  received(byteCount: number): void {
    this.receivedBytes += byteCount
  }

  ended(): void {
    this.isEnded = true
  }

  closed(): void {
    this.isClosed = true
  }

  sendFrame(bytes: Uint8Array): void {
    this.connection.write([length(bytes.length), bytes])
  }
}

function length(value: number): Uint8Array {
  const bytes = new Uint8Array(4)
  writeInt32(bytes, 0, value)
  return bytes
}

/** Notes the write of so many frames of 4 bytes. */
function noteWrite(parts: readonly Uint8Array[], events: string[]): void {
  events.push(`write ${parts.reduce((sum, { length: bytes }) => sum + bytes, 0) / 8}`)
}

/** A network of one connection, on which a test decides what is read together. Notes what is written. */
class Wire implements Network {
  readonly #events: string[]
  #receiver!: Receiver

  constructor(events: string[]) {
    this.#events = events
  }

  async listen(at: Address, accept: (connection: Connection) => void) {
    const nothing = () => {}
    accept({
      local: at,
      remote: { host: 'client', port: 1 },
      queuedBytes: 0,
      receive: receiver => {
        this.#receiver = receiver
      },
      write: parts => noteWrite(parts, this.#events),
      pause: nothing,
      resume: nothing,
      end: nothing,
      destroy: nothing,
    })
    return { address: at, close: async () => {} }
  }

  connect(): Promise<Connection> {
    throw new Error('nobody connects')
  }

  /** One read brings so many frames of 4 bytes. */
  arrive(count: number): void {
    const buffer = this.#receiver.buffer()
    for (let i = 0; i < count; i++) buffer.set([...length(4), ...numbered(i, 4)], 8 * i)
    this.#receiver.received(8 * count)
  }
}

/** A frame that starts with its number and whose other bytes follow from it. */
function numbered(number: number, bytes: number): Uint8Array {
  const frame = new Uint8Array(Math.max(4, bytes)).fill(number & 255)
  writeInt32(frame, 0, number)
  return frame
}

function recordingLogger(lines: string[]): Logger {
  const add = (message: string, fields?: LogFields) => {
    const { error } = fields ?? {}
    lines.push(error instanceof Error ? `${message} ${error.message}` : message)
  }
  return { debug: add, info: add, warn: add, error: add, child: () => recordingLogger(lines) }
}

const text = (value: string) => Uint8Array.from(value, character => character.charCodeAt(0))

describe('served frames', () => {
  for (let seed = 1; seed <= 20; seed++) {
    it(`are answered in order, whole, and keep their bytes until then (seed ${seed})`, async () => {
      let corrupted = 0
      const serving: Setting = await serve({
        seed,
        memory: frameMemory({ budgetBytes: 300_000 }),
        frame: bytes => {
          const delayMs = serving.world.random.integer(4)
          if (delayMs === 0) return [bytes.slice()]
          const copy = bytes.slice()
          return later(serving.world, delayMs, () => {
            if (!equalBytes(copy, bytes)) corrupted++
            return [copy]
          })
        },
      })
      const { client, listener } = serving
      const { random } = client
      const converse = async () => {
        const frames = await openFrameClient({ ...client, address })
        const sizes = Array.from({ length: 60 }, () => random.integer(random.pick([50, 5000, 90_000])))
        const order: number[] = []
        const answers = sizes.map(async (size, number) => {
          const answer = await frames.request(number, [numbered(number, size)])
          order.push(number)
          return answer
        })
        const received = await Promise.all(answers)
        expect(order).toEqual(sizes.map((_, number) => number))
        for (const [number, answer] of received.entries()) {
          expect(equalBytes(answer, numbered(number, sizes[number]!))).toBe(true)
        }
        frames.close()
      }
      await client.finish(Promise.all([converse(), converse(), converse()]))
      await client.advance(10_000)
      expect(corrupted).toBe(0)
      expect(listener.memory.budget.usedBytes).toBe(0)
      expect(listener.connectionCount).toBe(0)
    })
  }

  it('are served a bounded number at a time, the others wait unread', async () => {
    let inService = 0
    let most = 0
    const setting: Setting = await serve({
      limits: { maxInFlight: 5 },
      frame: bytes => {
        most = Math.max(most, ++inService)
        const answer = [bytes.slice()]
        return later(setting.world, 1, () => {
          inService--
          return answer
        })
      },
    })
    const client = await setting.client.finish(openFrameClient({ ...setting.client, address }))
    const requests = Array.from({ length: 200 }, (_, i) => client.request(i, [numbered(i, 300)]))
    await setting.client.finish(Promise.all(requests))
    expect(most).toBe(5)
  })

  it('whose answers use memory again are told once each answer is sent, or never will be', async () => {
    const sent: number[] = []
    let count = 0
    const frame = () => {
      const number = count++
      return { parts: [new Uint8Array(64 * 1024)], sent: () => void sent.push(number) }
    }
    const setting = await serve({ frame })
    const client = await dial(setting)
    client.sendFrame(numbered(0, 4))
    client.sendFrame(numbered(1, 4))
    await setting.client.advance(1000)
    expect(sent).toEqual([0, 1])

    const slow = await dial(setting)
    slow.connection.pause()
    for (let i = 0; i < 20; i++) slow.sendFrame(numbered(i, 4))
    await setting.client.advance(1000)
    expect(sent.length).toBeLessThan(count)
    slow.connection.destroy()
    await setting.client.advance(1000)
    expect(sent.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, number) => number))
  })

  for (const how of ['at once', 'later']) {
    it(`that came together are answered in one write, without waiting for the next turn (${how})`, async () => {
      const events: string[] = []
      const wire = new Wire(events)
      const { world } = await serve({
        network: wire,
        frame: bytes => (how === 'at once' ? [bytes.slice()] : Promise.resolve([bytes.slice()])),
      })
      for (const count of [1, 3]) {
        world.clock.defer(() => events.push('turn'))
        wire.arrive(count)
        await world.advance(10)
        expect(events.splice(0)).toEqual([`write ${count}`, 'turn'])
      }
    })
  }

  it('that get no answer leave no trace', async () => {
    const setting = await serve({ frame: bytes => (bytes[3] === 7 ? [bytes.slice()] : undefined) })
    const client = await setting.client.finish(openFrameClient({ ...setting.client, address }))
    for (let i = 0; i < 7; i++) client.send([numbered(i, 4)])
    expect(await setting.client.finish(client.request(7, [numbered(7, 4)]))).toEqual(numbered(7, 4))
  })

  it('of a slow reader stop being read, and hold nobody else up', async () => {
    let served = 0
    const big = new Uint8Array(100_000)
    const setting = await serve({
      limits: { maxQueuedAnswerBytes: 500_000 },
      frame: bytes => {
        served++
        return [bytes.slice(0, 4), big]
      },
    })
    const slow = await dial(setting)
    slow.connection.pause()
    for (let i = 0; i < 500; i++) slow.sendFrame(numbered(i, 4))
    await setting.client.advance(5000)
    expect(served).toBeLessThan(10)
    const other = await setting.client.finish(openFrameClient({ ...setting.client, address }))
    await setting.client.finish(other.request(1, [numbered(1, 4)]), 100)
    slow.connection.resume()
    await setting.client.advance(60_000)
    expect(slow.receivedBytes).toBe(500 * 100_008)
  })

  it('announced by a length reserve nothing before bytes arrive', async () => {
    const setting = await serve()
    for (let i = 0; i < 50; i++) {
      const client = await dial(setting)
      client.connection.write([length(100_000_000)])
    }
    await setting.client.advance(1000)
    expect(setting.listener.memory.budget.usedBytes).toBe(0)
    expect(setting.listener.connectionCount).toBe(50)
  })

  it('that outgrow their memory leave it to the next ones', async () => {
    const memory = frameMemory()
    const setting = await serve({ memory, frame: bytes => [bytes.slice(0, 4)] })
    const client = await dial(setting)
    client.connection.write([length(4_000_000)])
    for (let part = 0; part < 400; part++) {
      client.connection.write([new Uint8Array(10_000)])
      await setting.client.advance(1)
    }
    await setting.client.advance(100)
    expect(client.receivedBytes).toBe(8)
    // 64 KB, 256 KB and 1 MB on the way, 4 MB in the end.
    expect(memory.pool.idleBytes).toBe((64 + 256 + 1024 + 4096) * 1024)
  })

  it('that together need more memory than there is come through one after the other', async () => {
    const memory = frameMemory({ budgetBytes: 200_000 })
    const setting = await serve({ memory, frame: bytes => [bytes.slice(0, 4)] })
    const clients = await dialMany(setting, 12)
    let most = 0
    for (let part = 0; part < 16; part++) {
      for (const client of clients) {
        if (part === 0) client.connection.write([length(160_000)])
        client.connection.write([new Uint8Array(10_000)])
        await setting.client.advance(1)
        most = Math.max(most, memory.budget.usedBytes)
      }
    }
    await setting.client.advance(5000)
    expect(clients.map(client => client.receivedBytes)).toEqual(clients.map(() => 8))
    expect(memory.budget.usedBytes).toBe(0)
    // The limit, one frame beyond it, and what each connection had received before it was stopped.
    expect(most).toBeLessThan(200_000 + 160_000 + 12 * 2 * 16_384)
  })

  it('that hold the last memory and do not arrive are given up, so that others come through', async () => {
    const memory = frameMemory({ budgetBytes: 100_000 })
    const setting = await serve({ memory, limits: { memoryHogMs: 20_000 }, frame: () => [new Uint8Array(4)] })
    const hogs = await dialMany(setting, 2)
    for (const hog of hogs) {
      hog.connection.write([length(5_000_000), new Uint8Array(70_000)])
      await setting.client.advance(10)
    }
    const honest = await dial(setting)
    honest.sendFrame(new Uint8Array(90_000))
    await setting.client.advance(1000)
    expect(honest.receivedBytes).toBe(0)
    await setting.client.advance(120_000)
    expect(honest.receivedBytes).toBe(8)
    expect(setting.log.join()).toContain('while other requests wait for memory')
  })

  it('of a throttled connection wait until its time is over', async () => {
    const servedAt: number[] = []
    const setting: Setting = await serve({
      accept: connection => ({
        frame: () => {
          servedAt.push(setting.world.clock.monotonicMs())
          connection.throttle(500)
          return undefined
        },
      }),
    })
    const client = await dial(setting)
    for (let i = 0; i < 3; i++) client.sendFrame(numbered(i, 10))
    await setting.client.advance(5000)
    expect(servedAt.length).toBe(3)
    expect(servedAt[1]! - servedAt[0]!).toBeGreaterThan(499.9)
    expect(servedAt[2]! - servedAt[1]!).toBeGreaterThan(499.9)
  })
})

describe('a connection', () => {
  const strangers: Array<[string, Uint8Array, string]> = [
    ['a negative length', length(-5), 'announced a request of -5 bytes'],
    ['a length above the limit', length(200_000_000), 'more than socket.request.max.bytes=104857600'],
    ['a TLS handshake', Uint8Array.of(0x16, 0x03, 0x01, 0x02, 0x00), 'started a TLS handshake'],
    ['an HTTP request', text('GET / HTTP/1.1\r\n'), 'sent an HTTP request'],
  ]
  for (const [what, bytes, message] of strangers) {
    it(`that sends ${what} is closed, and the log says what it probably was`, async () => {
      const setting = await serve()
      const client = await dial(setting)
      client.connection.write([bytes])
      await setting.client.advance(1000)
      expect(client.isOver).toBe(true)
      expect(setting.log.join()).toContain(message)
      expect(setting.log.join()).toContain('client:')
    })
  }

  it('that floods the log with nonsense is logged a few times only', async () => {
    const setting = await serve()
    for (let i = 0; i < 40; i++) (await dial(setting)).connection.write([length(-1)])
    await setting.client.advance(1000)
    expect(setting.log.length).toBe(5)
  })

  it('whose handler throws or rejects is closed alone', async () => {
    const setting = await serve({
      frame: bytes => {
        if (bytes[3] === 1) throw new Error('a bug')
        if (bytes[3] === 2) return Promise.reject(new Error('another bug'))
        return [bytes.slice()]
      },
    })
    const clients = [await dial(setting), await dial(setting), await dial(setting)]
    clients.forEach((client, i) => client.sendFrame(numbered(i, 4)))
    await setting.client.advance(1000)
    expect(clients.map(client => client.isOver)).toEqual([false, true, true])
    expect(setting.log.join()).toContain('a bug')
    expect(setting.log.join()).toContain('another bug')
  })

  it('on which nothing moves is closed, one that is being served is not', async () => {
    const setting: Setting = await serve({
      limits: { idleMs: 2000 },
      frame: bytes => later(setting.world, 8000, () => [bytes.slice()]),
    })
    const idle = await dial(setting)
    const waiting = await dial(setting)
    waiting.sendFrame(numbered(1, 4))
    await setting.client.advance(1500)
    expect(idle.isOver).toBe(false)
    await setting.client.advance(2000)
    expect(idle.isOver).toBe(true)
    expect(waiting.isOver).toBe(false)
    await setting.client.advance(5000)
    expect(waiting.receivedBytes).toBe(8)
  })

  it('too many is refused, in all and from one address', async () => {
    const setting = await serve({ limits: { maxConnections: 3, maxConnectionsPerIp: 2 } })
    const clients = [await dial(setting), await dial(setting), await dial(setting)]
    await setting.client.advance(100)
    expect(clients.map(client => client.isOver)).toEqual([false, false, true])
    expect(setting.log.join()).toContain('max.connections.per.ip')
    const elsewhere = setting.world.host('elsewhere')
    const others = [
      await dial({ ...setting, client: elsewhere }),
      await dial({ ...setting, client: elsewhere }),
    ]
    await setting.client.advance(100)
    expect(others.map(client => client.isOver)).toEqual([false, true])
    clients[0]!.connection.destroy()
    await setting.client.advance(3000)
    const next = await dial(setting)
    await setting.client.advance(100)
    expect(next.isOver).toBe(false)
  })

  it('that comes too soon is read later, and one that would wait for ever is refused', async () => {
    const delays = [0, 500, Number.POSITIVE_INFINITY]
    const setting = await serve({ limits: { connectionDelayMs: () => delays.shift()! } })
    const clients = [await dial(setting), await dial(setting), await dial(setting)]
    clients.forEach((client, i) => client.sendFrame(numbered(i, 4)))
    await setting.client.advance(300)
    expect(clients.map(client => [client.receivedBytes, client.isOver])).toEqual([
      [8, false],
      [0, false],
      [0, true],
    ])
    expect(setting.log.join()).toContain('max.connection.creation.rate')
    await setting.client.advance(500)
    expect(clients[1]!.receivedBytes).toBe(8)
  })

  it('tells its handler when it is gone', async () => {
    let gone = 0
    const setting = await serve({ accept: () => ({ frame: () => undefined, closed: () => gone++ }) })
    const clients = [await dial(setting), await dial(setting)]
    clients[0]!.connection.destroy()
    await setting.client.advance(5000)
    expect(gone).toBe(1)
    setting.world.wires.dropConnections()
    await setting.client.advance(60_000)
    expect(gone).toBe(2)
  })

  it('whose peer has ended its side still gets its answers', async () => {
    const setting: Setting = await serve({ frame: bytes => later(setting.world, 50, () => [bytes.slice()]) })
    const client = await dial(setting)
    for (let i = 0; i < 100; i++) client.sendFrame(numbered(i, 50))
    await setting.client.advance(5)
    client.connection.end()
    await setting.client.advance(2000)
    expect(setting.listener.counters.answersSent).toBe(100)
    await setting.client.advance(5000)
    expect(setting.listener.connectionCount).toBe(0)
  })

  it('with very many frames does not keep the others from theirs', async () => {
    const order: string[] = []
    const setting = await serve({
      accept: connection => ({
        frame: () => {
          order.push(`${connection.id}`)
          return undefined
        },
      }),
    })
    setting.world.wires.latencyMs = [1, 1]
    const [greedy, modest] = [await dial(setting), await dial(setting)]
    const many = new Uint8Array(8 * 2000)
    for (let i = 0; i < 2000; i++) many.set(length(4), 8 * i)
    greedy.connection.write([many])
    modest.sendFrame(numbered(1, 4))
    await setting.client.advance(1000)
    expect(order.length).toBe(2001)
    expect(order.indexOf('2')).toBeLessThan(1000)
  })

  it('is served in the next turn when very many ask in one', async () => {
    const servedMs: number[] = [0]
    let workedMs = 0
    const world = simulatedWorld(1, { name: 'broker' })
    const { clock } = world
    const setting = await serve({
      network: world.network,
      clock: {
        now: () => clock.now(),
        monotonicMs: () => clock.monotonicMs() + workedMs,
        timer: (delayMs, callback) => clock.timer(delayMs, callback),
        defer: callback =>
          clock.defer(() => {
            if (servedMs.at(-1) !== 0) servedMs.push(0)
            callback()
          }),
      },
      frame: () => {
        workedMs += 0.25
        servedMs[servedMs.length - 1]! += 0.25
        return undefined
      },
    })
    const host = world.host('client')
    world.wires.latencyMs = [1, 1]
    const dialed: RawClient[] = []
    for (let i = 0; i < 200; i++) dialed.push(await dial({ ...setting, client: host }))
    for (const client of dialed) client.connection.write([concatBytes([length(4), numbered(1, 4)])])
    await host.advance(1000)
    expect(servedMs.reduce((sum, ms) => sum + ms)).toBe(50)
    expect(Math.max(...servedMs)).toBeLessThanOrEqual(5)
  })

  it('with few frames that take long does not keep the others from theirs', async () => {
    const order: number[] = []
    let workedMs = 0
    const world = simulatedWorld(1, { name: 'broker' })
    const { clock } = world
    const setting = await serve({
      network: world.network,
      clock: {
        now: () => clock.now(),
        monotonicMs: () => clock.monotonicMs() + workedMs,
        timer: (delayMs, callback) => clock.timer(delayMs, callback),
        defer: callback => clock.defer(callback),
      },
      accept: connection => ({
        frame: () => {
          order.push(connection.id)
          workedMs += 5
          return undefined
        },
      }),
    })
    const host = world.host('client')
    world.wires.latencyMs = [1, 1]
    const dialed = [await dial({ ...setting, client: host }), await dial({ ...setting, client: host })]
    const many = new Uint8Array(8 * 20)
    for (let i = 0; i < 20; i++) many.set(length(4), 8 * i)
    dialed[0]!.connection.write([many])
    dialed[1]!.sendFrame(numbered(1, 4))
    await host.advance(1000)
    expect(order.length).toBe(21)
    expect(order.indexOf(2)).toBeLessThan(3)
  })
})

describe('a listener that closes', () => {
  it('answers what it has begun, reads no more, and accepts nobody', async () => {
    const setting: Setting = await serve({
      frame: bytes => later(setting.world, 300, () => [bytes.slice()]),
    })
    const client = await dial(setting)
    const silent = await dial(setting)
    client.sendFrame(numbered(1, 100))
    await setting.client.advance(50)
    const closing = setting.listener.close()
    client.sendFrame(numbered(2, 100))
    await setting.client.finish(closing)
    await setting.client.advance(10)
    expect(client.receivedBytes).toBe(104)
    expect(client.isOver && silent.isOver).toBe(true)
    await expect(setting.client.finish(setting.client.network.connect(address))).rejects.toThrow(
      'nothing listens',
    )
  })

  it('cuts what does not finish in time', async () => {
    const setting = await serve({ frame: () => new Promise<Outgoing>(() => {}) })
    const client = await dial(setting)
    client.sendFrame(numbered(1, 100))
    await setting.client.advance(50)
    await setting.client.finish(setting.listener.close({ timeoutMs: 700 }))
    expect(setting.listener.connectionCount).toBe(0)
  })
})

describe('a frame client', () => {
  it('rejects what is unanswered when the connection breaks', async () => {
    const setting = await serve({ frame: () => new Promise<Outgoing>(() => {}) })
    const client = await setting.client.finish(openFrameClient({ ...setting.client, address }))
    const request = client.request(1, [numbered(1, 4)]).catch(error => error)
    await setting.client.advance(20)
    setting.world.kill()
    expect(await setting.client.finish(request)).toMatchObject({ name: 'NetworkError', code: 'RESET' })
    await expect(client.request(2, [numbered(2, 4)])).rejects.toThrow('closed')
  })

  it('gives a connection up that does not answer in time', async () => {
    const setting = await serve({ frame: () => new Promise<Outgoing>(() => {}) })
    const client = await setting.client.finish(openFrameClient({ ...setting.client, address }))
    const request = client.request(1, [numbered(1, 4)], { timeoutMs: 200 }).catch(error => error)
    expect(await setting.client.finish(request)).toMatchObject({ code: 'TIMED_OUT' })
    expect(client.isClosed).toBe(true)
  })

  it('waits for each answer as long as its request says, whichever came before', async () => {
    const setting: Setting = await serve({
      frame: bytes =>
        bytes[3] === 2
          ? new Promise<Outgoing>(() => {})
          : later(setting.world, 100, () => [numbered(bytes[3]!, 4)]),
    })
    const client = await setting.client.finish(openFrameClient({ ...setting.client, address }))
    await setting.client.finish(client.request(1, [numbered(1, 4)], { timeoutMs: 500 }))
    await setting.client.advance(300)
    const begunMs = setting.client.clock.monotonicMs()
    const silent = client.request(2, [numbered(2, 4)], { timeoutMs: 500 }).catch(error => error)
    await setting.client.advance(450)
    expect(client.isClosed).toBe(false)
    expect(await setting.client.finish(silent)).toMatchObject({ code: 'TIMED_OUT' })
    expect(setting.client.clock.monotonicMs() - begunMs).toBeCloseTo(500)
  })

  it('sends a request at once, and together those made while it is under way', async () => {
    const setting = await serve()
    const events: string[] = []
    const connection = await setting.client.finish(setting.client.network.connect(address))
    const write = connection.write.bind(connection)
    connection.write = parts => {
      noteWrite(parts, events)
      write(parts)
    }
    const network: Network = {
      listen: () => Promise.reject(new Error('nobody listens')),
      connect: async () => connection,
    }
    const client = await openFrameClient({ ...setting.client, network, address })
    const all = [1, 2, 3].map(number => client.request(number, [numbered(number, 4)]))
    expect(events).toEqual(['write 1'])
    await setting.client.finish(Promise.all(all))
    expect(events).toEqual(['write 1', 'write 2'])
  })
})

function later<T>(world: SimulatedWorld, ms: number, make: () => T): Promise<T> {
  return new Promise(resolve => world.clock.timer(ms, () => resolve(make())))
}
