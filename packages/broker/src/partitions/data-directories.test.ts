import { type SimulatedWorld, simulatedWorld } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import { openDataDirectories } from './data-directories.ts'

const nodeId = 1
const clusterId = 'abcdefghijklmnopqrstuv'

async function adopt(world: SimulatedWorld, paths: readonly string[]): Promise<void> {
  const data = openDataDirectories({ world, paths, nodeId })
  await world.finish(data.adoptClusterId(clusterId))
}

describe('data directories', () => {
  it('outlive a power cut once they belong to a cluster, however deep they were made', async () => {
    const paths = ['/var/lib/samsa/data', '/more', 'relative/data']
    for (let seed = 1; seed <= 20; seed++) {
      const world = simulatedWorld(seed)
      await adopt(world, paths)
      world.powerCut()
      const data = openDataDirectories({ world, paths, nodeId })
      expect(data.clusterId).toBe(clusterId)
    }
  })

  it('outlive it also when the process that made them was killed before', async () => {
    for (let seed = 1; seed <= 20; seed++) {
      const world = simulatedWorld(seed)
      openDataDirectories({ world, paths: ['/srv/samsa/data'], nodeId })
      world.kill()
      await adopt(world, ['/srv/samsa/data'])
      world.powerCut()
      expect(openDataDirectories({ world, paths: ['/srv/samsa/data'], nodeId }).clusterId).toBe(clusterId)
    }
  })

  it('are those of this node and one cluster only', async () => {
    const world = simulatedWorld(1)
    await adopt(world, ['/data'])
    world.kill()
    expect(() => openDataDirectories({ world, paths: ['/data'], nodeId: 2 })).toThrow(/belongs to node 1/)
  })
})
