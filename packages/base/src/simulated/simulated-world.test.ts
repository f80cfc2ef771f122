import { describe, expect, it } from 'vitest'
import type { Connection, DiskFile, NetworkError } from '../world.ts'
import { type SimulatedWorld, simulatedWorld } from './simulated-world.ts'

const seeds = Array.from({ length: 100 }, (_, i) => i + 1)

describe('a simulation', () => {
  it('repeats to the byte for the same seed, and differs for another', async () => {
    const first = await busyHour(7)
    expect(await busyHour(7)).toBe(first)
    expect(await busyHour(8)).not.toBe(first)
  })

  it('lets time pass only when told to', async () => {
    const world = simulatedWorld(1)
    const ran: string[] = []
    world.clock.timer(3_600_000, () => ran.push('hour'))
    world.clock.timer(10, () => Promise.resolve().then(() => ran.push('promise')))
    world.clock.timer(10, () => ran.push('second'))
    await world.advance(9)
    expect(ran).toEqual([])
    await world.advance(1)
    expect(ran).toEqual(['promise', 'second'])
    await world.run()
    expect(ran).toEqual(['promise', 'second', 'hour'])
  })

  it('says which seed left a promise unsettled', async () => {
    const world = simulatedWorld(42)
    await expect(world.finish(new Promise(() => {}))).rejects.toThrow('seed 42: the promise did not settle')
  })
})

describe('a simulated power cut', () => {
  it('keeps what was synced, and everything else only perhaps', async () => {
    let kept = 0
    let lost = 0
    let torn = 0
    for (const seed of seeds) {
      const world = simulatedWorld(seed)
      const file = await durableFile(world, 'log')
      file.write([new Uint8Array(3000).fill(1)], 0)
      await world.finish(file.sync())
      file.write([new Uint8Array(5000).fill(2)], 3000)
      world.powerCut()
      const after = content(world, 'log')
      expect(after.subarray(0, 3000).every(byte => byte === 1)).toBe(true)
      const survivors = after.subarray(3000).filter(byte => byte === 2).length
      if (survivors === 5000) kept++
      else if (survivors === 0) lost++
      else torn++
    }
    expect(Math.min(kept, lost, torn)).toBeGreaterThan(5)
  })

  it('may undo a truncation that was not synced', async () => {
    const lengths = new Set<number>()
    for (const seed of seeds) {
      const world = simulatedWorld(seed)
      const file = await durableFile(world, 'log')
      file.write([new Uint8Array(100)], 0)
      await world.finish(file.sync())
      file.truncate(40)
      world.powerCut()
      lengths.add(world.disk.size('log'))
    }
    expect([...lengths].sort()).toEqual([100, 40])
  })

  it('keeps names that were synced, and a rename either happened or did not', async () => {
    const outcomes = new Set<string>()
    for (const seed of seeds) {
      const world = simulatedWorld(seed)
      for (const name of ['old', 'new']) {
        const file = world.disk.open(name, { create: true })
        file.write([Uint8Array.of(name.length, name.charCodeAt(0))], 0)
        await world.finish(file.sync())
        file.close()
      }
      await world.finish(world.disk.syncDirectory('/'))
      world.disk.rename('new', 'old')
      world.disk.open('unsynced', { create: true }).close()
      world.powerCut()
      const names = world.disk.list('/').map(entry => entry.name)
      expect(world.disk.exists('old')).toBe(true)
      expect(content(world, 'old')[1]).toBe((names.includes('new') ? 'old' : 'new').charCodeAt(0))
      outcomes.add(names.join())
    }
    expect([...outcomes].sort()).toEqual(['new,old', 'new,old,unsynced', 'old', 'old,unsynced'])
  })

  it('ends the process: files assert, timers and syncs do nothing, locks are free', async () => {
    const world = simulatedWorld(3)
    const file = world.disk.open('log', { create: true })
    expect(world.disk.lock('.lock')).toBeDefined()
    let happened = 0
    world.clock.timer(5, () => happened++)
    world.clock.defer(() => happened++)
    file.sync().then(() => happened++)
    world.powerCut()
    await world.run()
    expect(happened).toBe(0)
    expect(() => file.write([Uint8Array.of(1)], 0)).toThrow('its process ended')
    expect(world.disk.lock('.lock')).toBeDefined()
    world.disk.open('log', { create: true }).write([Uint8Array.of(1)], 0)
  })

  it('is not a kill: that leaves what was written, synced or not', async () => {
    for (const seed of seeds) {
      const world = simulatedWorld(seed)
      const file = world.disk.open('log', { create: true })
      file.write([new Uint8Array(5000).fill(2)], 0)
      world.kill()
      expect(() => file.size()).toThrow('its process ended')
      expect(content(world, 'log').every(byte => byte === 2)).toBe(true)
    }
  })
})

describe('a simulated disk', () => {
  it('is full when it is full, possibly in the middle of a write', () => {
    const world = simulatedWorld(5)
    world.disk.capacityBytes = 1000
    const file = world.disk.open('log', { create: true })
    file.write([new Uint8Array(900)], 0)
    expect(() => file.write([new Uint8Array(200)], 900)).toThrow(
      expect.objectContaining({ code: 'NO_SPACE' }),
    )
    expect(file.size()).toBeLessThanOrEqual(1000)
    file.close()
    world.disk.remove('log')
    world.disk.open('other', { create: true }).write([new Uint8Array(1000)], 0)
    expect(world.disk.space('/').freeBytes).toBe(0)
  })

  it('fails when asked to, as often as asked, and where asked', async () => {
    const world = simulatedWorld(6)
    const [a, b] = ['a', 'b'].map(name => world.disk.open(name, { create: true })) as [DiskFile, DiskFile]
    world.disk.inject({ operation: 'sync', code: 'IO', path: 'a', times: 1 })
    await expect(world.finish(a.sync())).rejects.toMatchObject({ code: 'IO', path: 'a' })
    await world.finish(Promise.all([a.sync(), b.sync()]))
    const heal = world.disk.inject({ operation: 'write', code: 'IO' })
    expect(() => b.write([Uint8Array.of(1)], 0)).toThrow(expect.objectContaining({ code: 'IO' }))
    heal()
    b.write([Uint8Array.of(1)], 0)
  })

  it('forgets what a failed sync should have written: a later sync does not bring it', async () => {
    let incomplete = 0
    for (const seed of seeds) {
      const world = simulatedWorld(seed)
      const file = await durableFile(world, 'log')
      file.write([new Uint8Array(2000).fill(1)], 0)
      world.disk.inject({ operation: 'sync', code: 'IO', times: 1 })
      await world.finish(file.sync().catch(() => {}))
      await world.finish(file.sync())
      world.powerCut()
      if (content(world, 'log').filter(byte => byte === 1).length < 2000) incomplete++
    }
    expect(incomplete).toBeGreaterThan(10)
  })

  it('asserts where Windows would refuse: names of open files do not change', () => {
    const world = simulatedWorld(9)
    world.disk.makeDirectory('d')
    world.disk.open('d/log', { create: true })
    expect(() => world.disk.remove('d')).toThrow('is open')
    expect(() => world.disk.rename('d', 'e')).toThrow('is open')
  })
})

describe('a simulated network', () => {
  it('holds back what crosses a partition until it is healed', async () => {
    const { near, far, client } = await pair(11)
    near.wires.partition('near', 'far')
    client.write([new Uint8Array(100)])
    await near.advance(60_000)
    expect(far.received).toBe(0)
    const connecting = near.network
      .connect({ host: 'far', port: 1 }, { timeoutMs: 500 })
      .catch(error => error)
    expect(await near.finish(connecting)).toMatchObject({ code: 'TIMED_OUT' })
    near.wires.heal()
    await near.advance(1000)
    expect(far.received).toBe(100)
  })

  it('tells the two ends of a broken connection at different times', async () => {
    let differing = 0
    for (const seed of seeds.slice(0, 20)) {
      const { near, far, closedAt } = await pair(seed)
      near.wires.dropConnections()
      await near.advance(60_000)
      expect(far.error?.code).toBe('RESET')
      if (Math.abs(closedAt.near! - closedAt.far!) > 1) differing++
    }
    expect(differing).toBeGreaterThan(10)
  })

  it('knows no strangers', async () => {
    const world = simulatedWorld(1)
    const connecting = world.network.connect({ host: 'nowhere', port: 1 }).catch(error => error)
    expect(await world.finish(connecting)).toMatchObject({ code: 'HOST_NOT_FOUND' })
  })
})

async function durableFile(world: SimulatedWorld, name: string): Promise<DiskFile> {
  const file = world.disk.open(name, { create: true })
  await world.finish(world.disk.syncDirectory('/'))
  return file
}

function content(world: SimulatedWorld, path: string): Uint8Array {
  const file = world.disk.open(path)
  const bytes = new Uint8Array(file.size())
  file.read(bytes, 0)
  file.close()
  return bytes
}

/** A connection between two machines whose far end counts what it receives. */
async function pair(seed: number) {
  const near = simulatedWorld(seed, { name: 'near' })
  const farWorld = near.host('far')
  const far: { received: number; error?: NetworkError } = { received: 0 }
  const closedAt: { near?: number; far?: number } = {}
  const receiver = (end: 'near' | 'far') => {
    const buffer = new Uint8Array(64)
    return {
      buffer: () => buffer,
      received(count: number) {
        if (end === 'far') far.received += count
      },
      ended() {},
      closed(error?: NetworkError) {
        closedAt[end] = near.clock.monotonicMs()
        if (end === 'far' && error !== undefined) far.error = error
      },
    }
  }
  await near.finish(
    farWorld.network.listen({ host: 'far', port: 1 }, connection => connection.receive(receiver('far'))),
  )
  const client: Connection = await near.finish(near.network.connect({ host: 'far', port: 1 }))
  client.receive(receiver('near'))
  await near.advance(10)
  return { near, far, client, closedAt }
}

/** Files, connections, timers and faults on three machines; the hash of all that happened. */
async function busyHour(seed: number): Promise<string> {
  const server = simulatedWorld(seed, { name: 'server' })
  const file = server.disk.open('log', { create: true })
  let size = 0
  await server.network.listen({ host: 'server', port: 1 }, connection => {
    const buffer = new Uint8Array(500)
    connection.receive({
      buffer: () => buffer,
      received(count) {
        file.write([buffer.slice(0, count)], size)
        size += count
        file.sync().then(() => connection.write([Uint8Array.of(count & 255)]))
      },
      ended: () => connection.end(),
      closed() {},
    })
  })
  for (const name of ['a', 'b']) {
    const client = server.host(name)
    const talk = async () => {
      const connection = await client.network.connect({ host: 'server', port: 1 })
      const buffer = new Uint8Array(10)
      connection.receive({ buffer: () => buffer, received() {}, ended() {}, closed: () => talk() })
      const chatter = () => {
        connection.write([client.random.bytes(client.random.integer(2000))])
        client.clock.timer(client.random.integer(300), chatter)
      }
      chatter()
    }
    talk()
  }
  await server.advance(3000)
  server.wires.dropConnections({ between: ['a', 'server'] })
  await server.advance(3000)
  server.powerCut()
  return `${server.trace.hash} ${server.trace.events} ${server.disk.exists('log') ? server.disk.size('log') : 'none'}`
}
