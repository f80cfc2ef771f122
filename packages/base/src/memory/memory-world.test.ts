import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { realWorld } from '../real/real-world.ts'
import type { Connection, Disk, Receiver } from '../world.ts'
import { MemoryDisk } from './memory-disk.ts'
import { memoryWorld } from './memory-world.ts'

describe('the disk in memory', () => {
  const names = fc.constantFrom('a', 'b', 'd/a', 'd/b', 'e')
  const step = fc.oneof(
    fc.record({ kind: fc.constant('write' as const), name: names, text: fc.string(), at: fc.nat(20) }),
    fc.record({ kind: fc.constant('truncate' as const), name: names, length: fc.nat(30) }),
    fc.record({ kind: fc.constant('remove' as const), name: names }),
    fc.record({ kind: fc.constant('rename' as const), name: names, to: names }),
    fc.record({ kind: fc.constant('makeDirectory' as const), name: fc.constantFrom('d', 'e', 'a') }),
  )
  type Step = typeof step extends fc.Arbitrary<infer T> ? T : never

  /** What a step comes to: what the disk then holds, or that it failed. */
  function take(disk: Disk, root: string, one: Step): unknown {
    const path = `${root}/${one.name}`
    try {
      if (one.kind === 'remove') disk.remove(path)
      else if (one.kind === 'rename') disk.rename(path, `${root}/${one.to}`)
      else if (one.kind === 'makeDirectory') disk.makeDirectory(path)
      else edit(disk, path, one)
    } catch {
      return 'failed'
    }
    return contentOf(disk, root)
  }

  function edit(disk: Disk, path: string, one: Step): void {
    const file = disk.open(path, { create: true })
    if (one.kind === 'write') file.write([new TextEncoder().encode(one.text)], one.at)
    else if (one.kind === 'truncate') file.truncate(one.length)
    file.close()
  }

  function contentOf(disk: Disk, path: string): unknown {
    return disk.list(path).map(({ name, kind }) => {
      if (kind === 'directory') return [name, contentOf(disk, `${path}/${name}`)]
      const file = disk.open(`${path}/${name}`)
      const bytes = new Uint8Array(file.size())
      file.read(bytes, 0)
      file.close()
      return [name, [...bytes]]
    })
  }

  it('does what the real one does', () => {
    const { disk } = realWorld()
    const root = mkdtempSync(join(tmpdir(), 'samsa-disk-'))
    let run = 0
    try {
      fc.assert(
        fc.property(fc.array(step, { maxLength: 20 }), steps => {
          const memory = new MemoryDisk()
          const place = `${root}/${++run}`
          for (const one of [disk, memory]) one.makeDirectory(place)
          for (const one of steps) expect(take(memory, place, one)).toEqual(take(disk, place, one))
        }),
        { numRuns: 50 },
      )
    } finally {
      rmSync(root, { recursive: true })
    }
  })

  it('is locked by one at a time', () => {
    const disk = new MemoryDisk()
    const lock = disk.lock('/a')!
    expect(disk.lock('/a')).toBeUndefined()
    lock.release()
    expect(disk.lock('/a')).toBeDefined()
  })
})

/** A receiver that asks for few bytes at a time and keeps them. */
class Keeper implements Receiver {
  readonly bytes: number[] = []
  readonly events: string[] = []
  readonly #room: Uint8Array

  constructor(roomBytes: number) {
    this.#room = new Uint8Array(roomBytes)
  }

  buffer(): Uint8Array {
    return this.#room
  }

  received(byteCount: number): void {
    this.bytes.push(...this.#room.subarray(0, byteCount))
  }

  ended(): void {
    this.events.push('ended')
  }

  closed(error?: Error): void {
    this.events.push(error === undefined ? 'closed' : 'broken')
  }
}

const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await new Promise(done => setImmediate(done))
}

async function pair(roomBytes = 7) {
  const { network } = memoryWorld()
  let accepted: Connection | undefined
  const listener = await network.listen({ host: 'broker', port: 0 }, connection => {
    accepted = connection
  })
  const near = await network.connect(listener.address)
  const far = accepted!
  const client = new Keeper(roomBytes)
  const server = new Keeper(roomBytes)
  near.receive(client)
  far.receive(server)
  return { network, near, far, client, server, listener }
}

describe('the network in memory', () => {
  it('brings what was written, whole and in order, whatever the receiver has room for', async () => {
    const pieces = fc.array(fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 4 }), { maxLength: 6 })
    await fc.assert(
      fc.asyncProperty(pieces, fc.integer({ min: 1, max: 50 }), async (writes, room) => {
        const { near, server } = await pair(room)
        let written = 0
        for (const parts of writes) near.write(parts, () => written++)
        await turns(4)
        expect(server.bytes).toEqual(writes.flat().flatMap(part => [...part]))
        expect(written).toBe(writes.length)
        expect(near.queuedBytes).toBe(0)
      }),
      { numRuns: 30 },
    )
  })

  it('holds a writer back while the receiver pauses', async () => {
    const { near, far, server } = await pair()
    far.pause()
    near.write([Uint8Array.of(1, 2, 3)])
    await turns(3)
    expect([server.bytes, near.queuedBytes]).toEqual([[], 3])
    far.resume()
    await turns(3)
    expect([server.bytes, near.queuedBytes]).toEqual([[1, 2, 3], 0])
  })

  it('ends after what was written, first for one side, then for both', async () => {
    const { near, far, client, server } = await pair()
    near.write([Uint8Array.of(1)])
    near.end()
    await turns(3)
    expect([server.bytes, server.events, client.events]).toEqual([[1], ['ended'], []])
    far.write([Uint8Array.of(2)])
    far.end()
    await turns(4)
    expect([client.events, server.events]).toEqual([['closed'], ['ended', 'closed']])
  })

  it('tells the other side of a connection destroyed', async () => {
    const { near, far, client, server } = await pair()
    near.destroy()
    await turns(3)
    expect([client.events, server.events]).toEqual([['closed'], ['ended']])
    far.write([Uint8Array.of(1)])
    await turns(3)
    expect(server.events).toEqual(['ended', 'broken'])
  })

  it('breaks all connections at once when asked', async () => {
    const { network, client, server } = await pair()
    network.dropConnections()
    await turns(2)
    expect([client.events, server.events]).toEqual([['broken'], ['broken']])
  })

  it('refuses a port nobody listens on, and a second listener on one', async () => {
    const { network, listener } = await pair()
    await expect(network.listen(listener.address, () => {})).rejects.toMatchObject({ code: 'ADDRESS_IN_USE' })
    await listener.close()
    await expect(network.connect(listener.address)).rejects.toMatchObject({ code: 'REFUSED' })
  })
})
