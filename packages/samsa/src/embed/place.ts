import { mkdtempSync, rmSync } from 'node:fs'
import type * as Os from 'node:os'
import { join } from 'node:path'
import {
  type Address,
  type Clock,
  type Random,
  type World,
  builtin,
  memoryWorld,
  realWorld,
} from '@samsa/base'
import { CompanionClock, ShiftedClock } from './clock/shifted-clock.ts'
import type { SamsaOptions } from './options.ts'

const os = builtin<typeof Os>('node:os')

/**
 * Nobody resolves this name: a client that was not given the in-process network finds no other broker, and what it says of
 * this one names what it lacks.
 */
const inProcess: Address = { host: 'samsa.outside', port: 9092 }

/** Where an embedded broker runs: what it has for a world, and what its clients have. */
export interface Place {
  readonly world: World
  readonly clients: World
  readonly directory: string
  /** Where the broker listens; port 0 is any free one. */
  readonly address: Address
  /** Lets time pass. */
  advance(ms: number): Promise<void>
  /** Removes what was only for this broker. */
  remove(): void
}

export function placeOf(options: SamsaOptions): Place {
  return options.world === undefined ? placeHere(options) : placeIn(options.world, options)
}

function placeHere({ storage = 'memory', sockets = false, clock = 'real' }: SamsaOptions): Place {
  const real = storage === 'memory' && sockets === false ? undefined : realWorld()
  const memory = memoryWorld()
  const shifted = new ShiftedClock(memory.clock, { standsStill: clock === 'manual' })
  const directory = directoryOf(storage)
  const random: Random = (real ?? memory).random
  const network = sockets === false ? memory.network : (real as World).network
  const disk = storage === 'memory' ? memory.disk : (real as World).disk
  const companion: Clock = new CompanionClock(memory.clock, shifted)
  return {
    world: { clock: shifted, random, network, disk },
    clients: { clock: companion, random, network, disk },
    directory,
    address: sockets === false ? inProcess : { host: '127.0.0.1', port: sockets === true ? 0 : sockets },
    advance: ms => shifted.advance(ms),
    remove() {
      if (storage === 'temporary') rmSync(directory, { recursive: true, force: true })
    },
  }
}

function directoryOf(storage: string): string {
  if (storage === 'memory') return '/samsa'
  return storage === 'temporary' ? mkdtempSync(join(os().tmpdir(), 'samsa-')).replaceAll('\\', '/') : storage
}

/** The machine of a simulation that the broker runs on; its clients run on the one that was given. */
const MACHINE = 'broker'

interface TimedWorld extends World {
  advance?(ms: number): Promise<void>
  host?(name: string): World
}

function placeIn(world: TimedWorld, { storage, sockets, clock }: SamsaOptions): Place {
  if (sockets !== undefined || clock !== undefined || storage === 'memory' || storage === 'temporary') {
    throw new TypeError('A world has its own network, disk and clock: leave out sockets, storage and clock.')
  }
  return {
    world: world.host?.(MACHINE) ?? world,
    clients: world,
    directory: storage ?? '/samsa',
    address: { host: MACHINE, port: 9092 },
    async advance(ms) {
      if (world.advance === undefined)
        throw new TypeError('The world given lets no time pass: it has no `advance`.')
      await world.advance(ms)
    },
    remove() {},
  }
}
