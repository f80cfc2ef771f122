import { realWorld } from '@samsa/base'
import { releaseOptimiser } from './optimiser.ts'
import type { StartParts } from './run-start.ts'
import { keepHeapTight } from './tight-heap.ts'

/** What a real start is composed of; each part is loaded when it is called for. */
export function realParts(version: string): StartParts {
  return {
    version,
    world: realWorld(),
    async startBroker(options) {
      keepHeapTight()
      const { startBroker } = await import('@samsa/broker')
      // What a crash left to be checked may be gigabytes.
      releaseOptimiser()
      return startBroker(options)
    },
    createTopics: async (...given) => (await import('./create-topics.ts')).createTopics(...given),
  }
}
