import { ZERO_UUID, randomUuid, silentLogger, simulatedWorld } from '@samsa/base'
import { FilePool } from '@samsa/log'
import { describe, expect, it } from 'vitest'
import { LiveConfig } from '../config/live-config.ts'
import { LogDirectories } from './log-directories.ts'
import { Partitions } from './partitions.ts'

async function openPartitions() {
  const world = simulatedWorld(1)
  world.disk.makeDirectory('/data')
  const directories = await world.finish(LogDirectories.open(world.disk, ['/data'], silentLogger))
  const config = new LiveConfig({})
  const files = new FilePool(world.disk)
  return { world, partitions: new Partitions({ world, logger: silentLogger, config, directories, files }) }
}

describe('the partitions of a broker', () => {
  it('are all opened soon, although several topics come in one turn and nobody asks for them', async () => {
    const { world, partitions } = await openPartitions()
    for (const name of ['orders', 'returns', 'visits']) {
      const topicId = randomUuid(world.random)
      partitions.host({ name, topicId, leaderEpochs: [0, 0], overrides: {} })
    }
    await world.advance(1)
    expect(Array.from(partitions.openLogs())).toHaveLength(6)
    await world.finish(partitions.close())
  })

  it('are opened although they come when the last ones were just opened', async () => {
    const { world, partitions } = await openPartitions()
    for (let i = 0; i < 5; i++) {
      partitions.host({ name: `topic-${i}`, topicId: `${ZERO_UUID}${i}`, leaderEpochs: [0], overrides: {} })
      for (let turn = 0; turn < i; turn++) await Promise.resolve()
    }
    await world.advance(1)
    expect(Array.from(partitions.openLogs())).toHaveLength(5)
    await world.finish(partitions.close())
  })
})
