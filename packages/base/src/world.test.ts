import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { RealNetwork } from './real/real-network.ts'
import { realWorld } from './real/real-world.ts'
import { type SimulatedWorld, simulatedWorld } from './simulated/simulated-world.ts'
import { type Address, type Connection, DiskError, NetworkError, type Receiver, type World } from './world.ts'

interface Subject {
  world: World
  directory: string
  /** Awaits a promise while time passes in that world. */
  until<T>(promise: Promise<T>): Promise<T>
  close(): void
}

/** One suite, every implementation: what code may rely on, whichever world it runs in. */
function describeWorld(name: string, make: () => Subject): void {
  describe(`the World ${name}`, () => {
    let subject: Subject
    let world: World
    beforeAll(() => {
      subject = make()
      world = subject.world
    })
    afterAll(() => subject.close())
    const path = (file: string) => `${subject.directory}/${file}`

    describe('clock', () => {
      it('runs timers in the order of their times and not the cancelled ones', async () => {
        const ran: string[] = []
        const startMs = world.clock.monotonicMs()
        world.clock.timer(3, () => ran.push('early'))
        world.clock.timer(5, () => ran.push('cancelled')).cancel()
        await subject.until(new Promise<void>(resolve => world.clock.timer(20, resolve)))
        expect(ran).toEqual(['early'])
        expect(world.clock.monotonicMs()).toBeGreaterThanOrEqual(startMs + 20)
        expect(Number.isInteger(world.clock.now())).toBe(true)
      })

      it('does not run a timer of forty days at once', async () => {
        let ran = false
        const timer = world.clock.timer(40 * 86_400_000, () => {
          ran = true
        })
        await subject.until(new Promise<void>(resolve => world.clock.timer(10, resolve)))
        expect(ran).toBe(false)
        timer.cancel()
      })

      it('runs deferred callbacks in order, after the present turn', async () => {
        const ran: number[] = []
        world.clock.defer(() => ran.push(1))
        world.clock.defer(() => world.clock.defer(() => ran.push(3)))
        world.clock.defer(() => ran.push(2))
        expect(ran).toEqual([])
        await subject.until(new Promise<void>(resolve => world.clock.timer(5, resolve)))
        expect(ran).toEqual([1, 2, 3])
      })
    })

    describe('random', () => {
      it('gives integers below the bound and as many bytes as asked for', () => {
        for (const bound of [1, 2, 7, 1000, 2 ** 31, 2 ** 32 + 1, 2 ** 48]) {
          for (let i = 0; i < 50; i++) {
            const value = world.random.integer(bound)
            expect(Number.isInteger(value) && value >= 0 && value < bound).toBe(true)
          }
        }
        const seen = new Set(Array.from({ length: 500 }, () => world.random.integer(10)))
        expect(seen.size).toBe(10)
        expect(world.random.bytes(33).length).toBe(33)
        expect(world.random.bytes(5000).some(byte => byte !== 0)).toBe(true)
      })
    })

    describe('disk', () => {
      it('reads what was written, in parts and across positions', () => {
        const file = world.disk.open(path('a.log'), { create: true })
        file.write([bytes(1, 2), bytes(), bytes(3)], 0)
        file.write([bytes(9, 9)], 5)
        expect(file.size()).toBe(7)
        const target = new Uint8Array(10)
        expect(file.read(target, 1)).toBe(6)
        expect([...target.subarray(0, 6)]).toEqual([2, 3, 0, 0, 9, 9])
        expect(file.read(target, 100)).toBe(0)
        file.close()
        expect(world.disk.size(path('a.log'))).toBe(7)
      })

      it('writes thousands of parts in one call', async () => {
        const parts = Array.from({ length: 3000 }, (_, i) => bytes(i & 255, (i >> 8) & 255))
        const file = world.disk.open(path('many.log'), { create: true })
        file.write(parts, 4)
        await subject.until(file.sync())
        const target = new Uint8Array(6000)
        expect(file.read(target, 4)).toBe(6000)
        expect(target).toEqual(Uint8Array.from(parts.flatMap(part => [...part])))
        file.close()
      })

      it('reads ahead, beyond the end as well, and from a file that is closed meanwhile', async () => {
        const file = world.disk.open(path('ahead.log'), { create: true })
        const content = Uint8Array.from({ length: 200_000 }, (_, i) => i)
        file.write([content], 0)
        await subject.until(Promise.all([file.readAhead(0, 150_000), file.readAhead(199_999, 70_000_000)]))
        const target = new Uint8Array(200_000)
        expect(file.read(target, 0)).toBe(200_000)
        expect(target).toEqual(content)
        const reading = file.readAhead(1_000_000, 10)
        file.close()
        await subject.until(reading)
      })

      it('truncates to shorter and longer, with zeros where nothing was written', () => {
        const file = world.disk.open(path('truncated'), { create: true })
        file.write([bytes(1, 2, 3, 4)], 0)
        file.truncate(2)
        file.truncate(4)
        const target = new Uint8Array(4)
        file.read(target, 0)
        expect([...target]).toEqual([1, 2, 0, 0])
        file.close()
      })

      it('names what is missing', () => {
        const error = thrownBy(() => world.disk.open(path('missing')))
        expect(error).toBeInstanceOf(DiskError)
        expect(error).toMatchObject({ code: 'NOT_FOUND', path: path('missing') })
        expect(() => world.disk.list(path('missing'))).toThrow(DiskError)
        expect(() => world.disk.size(path('missing'))).toThrow(DiskError)
        expect(() => world.disk.rename(path('missing'), path('b'))).toThrow(DiskError)
        expect(() => world.disk.open(path('no/directory'), { create: true })).toThrow(DiskError)
        world.disk.remove(path('missing'))
      })

      it('makes, lists, renames and removes directories', async () => {
        world.disk.makeDirectory(path('d/e'))
        world.disk.makeDirectory(path('d/e'))
        for (const name of ['z', 'b', 'a']) world.disk.open(path(`d/${name}`), { create: true }).close()
        expect(world.disk.list(path('d'))).toEqual([
          { name: 'a', kind: 'file' },
          { name: 'b', kind: 'file' },
          { name: 'e', kind: 'directory' },
          { name: 'z', kind: 'file' },
        ])
        world.disk.rename(path('d/b'), path('d/z'))
        world.disk.rename(path('d'), path('f'))
        await subject.until(world.disk.syncDirectory(subject.directory))
        expect(world.disk.exists(path('d'))).toBe(false)
        expect(world.disk.list(path('f')).map(entry => entry.name)).toEqual(['a', 'e', 'z'])
        world.disk.remove(path('f'))
        expect(world.disk.exists(path('f/a'))).toBe(false)
      })

      it('tells when names in a directory changed', async () => {
        world.disk.makeDirectory(path('m'))
        const seen = [world.disk.modifiedMs(path('m'))]
        const change = async (work: () => void) => {
          // File systems have a clock of some milliseconds.
          await subject.until(new Promise<void>(resolve => world.clock.timer(20, resolve)))
          work()
          seen.push(world.disk.modifiedMs(path('m')))
        }
        await change(() => world.disk.open(path('m/a'), { create: true }).close())
        await change(() => world.disk.rename(path('m/a'), path('m/b')))
        await change(() => world.disk.remove(path('m/b')))
        await change(() => world.disk.makeDirectory(path('m/c')))
        expect(new Set(seen).size).toBe(5)
        await change(() => world.disk.open(path('m/c/d'), { create: true }).close())
        expect(new Set(seen).size).toBe(5)
        expect(() => world.disk.modifiedMs(path('missing'))).toThrow(DiskError)
      })

      it('renames and discards directories at leisure', async () => {
        world.disk.makeDirectory(path('early/h'))
        world.disk.open(path('early/h/i'), { create: true }).close()
        await subject.until(world.disk.renameAtLeisure(path('early'), path('g')))
        await subject.until(
          expect(world.disk.renameAtLeisure(path('early'), path('g'))).rejects.toThrow(DiskError),
        )
        expect(world.disk.exists(path('g/h/i'))).toBe(true)
        await subject.until(world.disk.discard(path('g')))
        await subject.until(world.disk.discard(path('g')))
        expect(world.disk.exists(path('g'))).toBe(false)
      })

      it('asserts that a closed file is not used, and closes during a sync', async () => {
        const file = world.disk.open(path('closed'), { create: true })
        const syncing = file.sync()
        file.close()
        file.close()
        await subject.until(syncing)
        expect(() => file.size()).toThrow('is closed')
        expect(() => file.write([bytes(1)], 0)).toThrow('is closed')
      })

      it('gives a lock to one only, and again after its release', () => {
        const lock = world.disk.lock(path('.lock'))
        expect(lock).toBeDefined()
        expect(world.disk.lock(path('.lock'))).toBeUndefined()
        lock!.release()
        lock!.release()
        const again = world.disk.lock(path('.lock'))
        expect(again).toBeDefined()
        again!.release()
      })

      it('knows how much space there is', () => {
        const { freeBytes, totalBytes } = world.disk.space(subject.directory)
        expect(freeBytes).toBeGreaterThan(0)
        expect(totalBytes).toBeGreaterThanOrEqual(freeBytes)
      })
    })

    describe('network', () => {
      const anywhere: Address = { host: '127.0.0.1', port: 0 }

      it('carries bytes both ways in order, and ends when both sides have ended', async () => {
        const server = await subject.until(
          world.network.listen(anywhere, connection => {
            const echo: Recorder = new Recorder({ onReceived: data => connection.write([data]) })
            echo.onEnded = () => connection.end()
            connection.receive(echo)
          }),
        )
        const client = await subject.until(world.network.connect(server.address))
        const recorder = new Recorder({ bufferBytes: 777 })
        client.receive(recorder)
        const sent = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) >> 3)
        client.write([sent.subarray(0, 1000), sent.subarray(1000, 1001), bytes(), sent.subarray(1001)])
        await subject.until(recorder.whenReceived(sent.length))
        expect(recorder.all()).toEqual(sent)
        client.end()
        await subject.until(recorder.whenClosed)
        expect(recorder.error).toBeUndefined()
        await server.close()
      })

      it('tells when the written bytes may be changed, and counts those still queued', async () => {
        const { client, server, close } = await connected(subject)
        const part = new Uint8Array(100).fill(7)
        const written = new Promise<void>(resolve => client.connection.write([part], resolve))
        await subject.until(written)
        part.fill(0)
        expect(client.connection.queuedBytes).toBe(0)
        await subject.until(server.recorder.whenReceived(100))
        expect(server.recorder.all().every(byte => byte === 7)).toBe(true)
        await close()
      })

      it('holds a writer back while the reader is paused', async () => {
        const { client, server, close } = await connected(subject)
        server.connection.pause()
        const piece = new Uint8Array(256 * 1024)
        let written = 0
        const pieces = 80
        for (let i = 0; i < pieces; i++) client.connection.write([piece], () => written++)
        await subject.until(new Promise<void>(resolve => world.clock.timer(50, resolve)))
        expect(server.recorder.count).toBe(0)
        expect(written).toBeLessThan(pieces)
        expect(client.connection.queuedBytes).toBeGreaterThan(0)
        server.connection.resume()
        await subject.until(server.recorder.whenReceived(pieces * piece.length))
        await subject.until(new Promise<void>(resolve => world.clock.timer(20, resolve)))
        expect(written).toBe(pieces)
        expect(client.connection.queuedBytes).toBe(0)
        await close()
      })

      it('delivers nothing more once a receiver paused inside its delivery', async () => {
        const { client, server, close } = await connected(subject, { bufferBytes: 10 })
        let deliveries = 0
        server.recorder.onReceived = () => {
          deliveries++
          server.connection.pause()
          // An immediate change of mind must not outwit the pause that follows it.
          server.connection.resume()
          server.connection.pause()
        }
        client.connection.write([new Uint8Array(1000)])
        await subject.until(new Promise<void>(resolve => world.clock.timer(30, resolve)))
        expect(deliveries).toBe(1)
        server.recorder.onReceived = undefined
        server.connection.resume()
        await subject.until(server.recorder.whenReceived(1000))
        await close()
      })

      it('sends what is queued before it ends', async () => {
        const { client, server } = await connected(subject)
        server.connection.write([new Uint8Array(3_000_000)])
        server.connection.end()
        await subject.until(client.recorder.whenEnded)
        expect(client.recorder.count).toBe(3_000_000)
        client.connection.end()
        await subject.until(Promise.all([client.recorder.whenClosed, server.recorder.whenClosed]))
      })

      it('closes an ended connection although the peer keeps its side open', async () => {
        const { client, server } = await connected(subject)
        server.connection.end()
        await subject.until(server.recorder.whenClosed)
        client.connection.destroy()
        await subject.until(client.recorder.whenClosed)
      })

      it('lets a peer that ended its side read the answer', async () => {
        const { client, server } = await connected(subject)
        server.recorder.onEnded = () => {
          server.connection.write([new Uint8Array(500)])
          server.connection.end()
        }
        client.connection.write([new Uint8Array(5)])
        // Not `end`: a client that ends drops what still arrives. This is how a half-closing peer looks.
        server.recorder.onReceived = () => server.recorder.ended()
        await subject.until(client.recorder.whenReceived(500))
        client.connection.destroy()
        await subject.until(server.recorder.whenClosed)
      })

      it('tells the other side of a destroyed connection', async () => {
        const { client, server } = await connected(subject)
        client.connection.destroy()
        client.connection.write([new Uint8Array(5)])
        await subject.until(client.recorder.whenClosed)
        await subject.until(Promise.race([server.recorder.whenEnded, server.recorder.whenClosed]))
        server.connection.destroy()
        await subject.until(server.recorder.whenClosed)
      })

      it('refuses where nobody listens, or no longer', async () => {
        const server = await subject.until(world.network.listen(anywhere, () => {}))
        await subject.until(server.close())
        const error = await subject.until(world.network.connect(server.address).catch(caught => caught))
        expect(error).toBeInstanceOf(NetworkError)
        expect(error.code).toBe('REFUSED')
      })

      it('says that an address is taken', async () => {
        const server = await subject.until(world.network.listen(anywhere, () => {}))
        const error = await subject.until(
          world.network.listen(server.address, () => {}).catch(caught => caught),
        )
        expect(error).toMatchObject({ name: 'NetworkError', code: 'ADDRESS_IN_USE' })
        await subject.until(server.close())
      })
    })
  })
}

interface End {
  connection: Connection
  recorder: Recorder
}

async function connected(subject: Subject, options: { bufferBytes?: number } = {}) {
  const { network } = subject.world
  let accepted: (end: End) => void
  const accepting = new Promise<End>(resolve => {
    accepted = resolve
  })
  const listener = await subject.until(
    network.listen({ host: '127.0.0.1', port: 0 }, connection => {
      const recorder = new Recorder(options)
      connection.receive(recorder)
      accepted({ connection, recorder })
    }),
  )
  const connection = await subject.until(network.connect(listener.address))
  const client = { connection, recorder: new Recorder(options) }
  connection.receive(client.recorder)
  const server = await subject.until(accepting)
  await subject.until(listener.close())
  const close = async () => {
    client.connection.destroy()
    server.connection.destroy()
    await subject.until(Promise.all([client.recorder.whenClosed, server.recorder.whenClosed]))
  }
  return { client, server, close }
}

/** A receiver that remembers what it was given. */
class Recorder implements Receiver {
  count = 0
  error: NetworkError | undefined
  onReceived: ((data: Uint8Array) => void) | undefined
  onEnded: (() => void) | undefined
  readonly whenEnded: Promise<void>
  readonly whenClosed: Promise<void>
  readonly #buffer: Uint8Array
  #parts: Uint8Array[] = []
  #waiting: Array<{ count: number; resolve: () => void }> = []
  #tellEnded!: () => void
  #tellClosed!: () => void

  constructor(options: { bufferBytes?: number; onReceived?: (data: Uint8Array) => void } = {}) {
    this.#buffer = new Uint8Array(options.bufferBytes ?? 65_536)
    this.onReceived = options.onReceived
    this.whenEnded = new Promise(resolve => {
      this.#tellEnded = resolve
    })
    this.whenClosed = new Promise(resolve => {
      this.#tellClosed = resolve
    })
  }

  buffer(): Uint8Array {
    return this.#buffer
  }

  received(byteCount: number): void {
    const data = this.#buffer.slice(0, byteCount)
    this.#parts.push(data)
    this.count += byteCount
    this.onReceived?.(data)
    for (const waiter of this.#waiting) if (this.count >= waiter.count) waiter.resolve()
  }

  ended(): void {
    this.onEnded?.()
    this.#tellEnded()
  }

  closed(error?: NetworkError): void {
    this.error = error
    this.#tellClosed()
  }

  all(): Uint8Array {
    const all = new Uint8Array(this.count)
    let at = 0
    for (const part of this.#parts) {
      all.set(part, at)
      at += part.length
    }
    return all
  }

  whenReceived(count: number): Promise<void> {
    return new Promise(resolve => {
      if (this.count >= count) resolve()
      else this.#waiting.push({ count, resolve })
    })
  }
}

function bytes(...values: number[]): Uint8Array {
  return Uint8Array.from(values)
}

function thrownBy(action: () => unknown): unknown {
  try {
    action()
  } catch (error) {
    return error
  }
  return undefined
}

function realSubject(world: World): Subject {
  const directory = mkdtempSync(`${tmpdir()}/samsa-world-`)
  return {
    world,
    directory,
    until: promise => promise,
    close: () => rmSync(directory, { recursive: true }),
  }
}

function simulatedSubject(seed: number): Subject {
  const world: SimulatedWorld = simulatedWorld(seed)
  world.disk.makeDirectory('data')
  return { world, directory: 'data', until: promise => world.finish(promise), close: () => {} }
}

describeWorld('of the operating system', () => realSubject(realWorld()))
describeWorld('of the operating system, reading by copying', () =>
  realSubject({ ...realWorld(), network: new RealNetwork({ mayReadDirectly: false }) }),
)
for (const seed of [1, 2, 3]) describeWorld(`of seed ${seed}`, () => simulatedSubject(seed))
