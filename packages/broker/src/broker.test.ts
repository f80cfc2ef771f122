import {
  ByteReader,
  ByteWriter,
  NetworkError,
  type SimulatedWorld,
  silentLogger,
  simulatedWorld,
} from '@samsa/base'
import { openFrameClient } from '@samsa/net'
import {
  Metadata,
  type MetadataResponse,
  decodeResponse,
  decodeResponseHeader,
  encodeRequest,
  encodeRequestHeader,
} from '@samsa/protocol'
import { describe, expect, it } from 'vitest'
import { startBroker } from './broker.ts'

const config = { listeners: 'PLAINTEXT://broker:9092', 'log.dirs': '/data', 'node.id': '1' }

/** Asks for the metadata as soon as anyone listens. */
async function firstMetadata({ network, clock }: SimulatedWorld): Promise<MetadataResponse> {
  const writer = new ByteWriter()
  encodeRequestHeader(Metadata, 12, 1, null, writer)
  encodeRequest(Metadata, 12, { topics: [] }, writer)
  for (;;) {
    try {
      const client = await openFrameClient({ network, clock, address: { host: 'broker', port: 9092 } })
      const reader = new ByteReader(await client.request(1, [writer.toBytes()]))
      client.close()
      decodeResponseHeader(Metadata, 12, reader)
      return decodeResponse(Metadata, 12, reader)
    } catch (error) {
      if (!(error instanceof NetworkError)) throw error
      await new Promise<void>(resolve => clock.timer(0.1, resolve))
    }
  }
}

describe('a broker', () => {
  it('is known to the first client that reaches it', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const world = simulatedWorld(seed, { name: 'broker' })
      world.disk.syncMs = [5, 20]
      const first = firstMetadata(world.host('client'))
      const broker = await world.finish(startBroker({ world, config, logger: silentLogger }))
      const { brokers } = await world.finish(first)
      expect(brokers).toMatchObject([{ nodeId: 1, host: 'broker', port: 9092 }])
      await world.finish(broker.stop())
    }
  })

  it('that cannot make itself known gives up at once, and answers nobody', async () => {
    const world = simulatedWorld(1, { name: 'broker' })
    world.disk.syncMs = [5, 20]
    const starting = startBroker({ world, config, logger: silentLogger })
    const first = firstMetadata(world.host('client'))
    const isListening = () => world.wires.listening.size > 0
    while (!isListening()) await world.advance(0.1)
    world.disk.inject({ operation: 'sync', code: 'IO', path: '__samsa_metadata', times: 1 })
    const failedMs = world.clock.monotonicMs()
    await expect(world.finish(starting)).rejects.toThrow('metadata')
    expect(world.clock.monotonicMs() - failedMs).toBeLessThan(500)
    world.kill()
    const broker = await world.finish(startBroker({ world, config, logger: silentLogger }))
    expect((await world.finish(first)).brokers).toHaveLength(1)
    await world.finish(broker.stop())
  })
})
