import { readFileSync } from 'node:fs'
import { type SimulatedWorld, ZERO_UUID, defaultsOf, silentLogger, simulatedWorld } from '@samsa/base'
import { eventOf } from '@samsa/coordinators'
import { openLog, topicConfig } from '@samsa/log'
import { describe, expect, test } from 'vitest'
import { Partition } from '../partitions/partition.ts'
import type { LogEntry } from './coordinator-log.ts'
import { PartitionCoordinatorLog } from './partition-coordinator-log.ts'

/** A partition whose segment Apache Kafka wrote. */
function partitionOf(world: SimulatedWorld, index: number): Partition {
  const directory = `data/__consumer_offsets-${index}`
  world.disk.makeDirectory(directory)
  const file = world.disk.open(`${directory}/00000000000000000000.log`, { create: true })
  const bytes = readFileSync(new URL(`fixtures/consumer-offsets-${index}-kafka-4.3.1.log`, import.meta.url))
  file.write([new Uint8Array(bytes)], 0)
  file.close()
  const config = defaultsOf(topicConfig)
  const log = openLog({
    disk: world.disk,
    clock: world.clock,
    random: world.random,
    logger: silentLogger,
    directory,
    topic: '__consumer_offsets',
    partition: index,
    config,
    wasClean: false,
    recoveryPoint: 0,
    startOffset: 0,
  })
  const { clock } = world
  return new Partition({ log, topicId: ZERO_UUID, leaderEpoch: 0, clock, logger: silentLogger, config })
}

function entriesOf(index: number): LogEntry[] {
  const log = new PartitionCoordinatorLog(partitionOf(simulatedWorld(1), index), () => 'none', silentLogger)
  const step = log.read(0)
  return step.error === 'NONE' ? [...step.entries] : []
}

function tell(entry: LogEntry): string {
  if (entry.kind !== 'record') return entry.kind
  const event = eventOf(entry.record)
  switch (event?.type) {
    case 'groupRecorded': {
      const members = event.members.map(
        ({ instanceId, clientId, assignment }) => `${instanceId ?? clientId}:${assignment.length}`,
      )
      return `${event.groupId} generation ${event.generation} ${event.protocol ?? '-'} [${members.sort()}]`
    }
    case 'offsetCommitted':
      return `${event.groupId} ${event.topic}-${event.partition}=${event.offset}`
    case 'offsetRemoved':
      return `${event.groupId} ${event.topic}-${event.partition} removed`
    case 'groupDeleted':
      return `${event.groupId} deleted`
    default:
      return 'unknown'
  }
}

describe('logs of consumer groups that Apache Kafka wrote', () => {
  test('tell the life of a group', () => {
    expect(entriesOf(29).map(tell)).toEqual([
      'life5 generation 0 - []',
      'life5 generation 1 range [par:3,par:3]',
      'life5 pt-0=5',
      'life5 pt-0=5',
      'life5 generation 2 - []',
      'life5 pt-0=5',
      'life5 pt-0 removed',
      'life5 deleted',
    ])
  })

  test('tell of static members and of groups that only store offsets', () => {
    expect(entriesOf(18).map(tell)).toEqual([
      's5 pt-0=8',
      'st9 generation 0 - []',
      'st9 generation 1 range [i1:3,i2:3]',
      'st9 generation 1 range [i1:3,i2:3]',
      'st9 generation 1 range [i1:3,i2:3]',
      'st9 generation 2 - []',
    ])
  })
})
