import type { Address, Logger } from '@samsa/base'
import { silentLogger } from '@samsa/base'
import { type Broker, startBroker } from '@samsa/broker'
import type { Faults } from './faults/faults.ts'
import { Life } from './life/life.ts'
import { type MortalWorld, mortalWorld } from './life/mortal-world.ts'
import type { Place } from './place.ts'

export interface RunOptions {
  readonly place: Place
  readonly config: Readonly<Record<string, string>>
  readonly faults: Faults
  readonly logger: Logger
}

/** One run of an embedded broker, from its start to its stop or its death. */
export class BrokerRun {
  readonly broker: Broker
  readonly #life: Life
  readonly #world: MortalWorld

  private constructor(broker: Broker, life: Life, world: MortalWorld) {
    this.broker = broker
    this.#life = life
    this.#world = world
  }

  static async start({ place, config, faults, logger }: RunOptions): Promise<BrokerRun> {
    const life = new Life()
    const world = mortalWorld(place.world, life)
    const broker = await startBroker({
      world,
      config,
      logger: whileAlive(logger, life),
      wrapHandler: handler => faults.wrap(handler),
    })
    return new BrokerRun(broker, life, world)
  }

  get address(): Address {
    return this.broker.listeners[0]!.bound
  }

  dropConnections(): number {
    return this.#world.network.dropConnections()
  }

  /** Stops in order. */
  async stop(): Promise<void> {
    await this.broker.stop()
    this.#life.end()
  }

  kill(): void {
    this.#life.end()
  }
}

/** What a dead broker stumbles over interests nobody. */
function whileAlive(logger: Logger, life: Life): Logger {
  const alive = () => (life.isOver ? silentLogger : logger)
  return {
    debug: (...line) => alive().debug(...line),
    info: (...line) => alive().info(...line),
    warn: (...line) => alive().warn(...line),
    error: (...line) => alive().error(...line),
    child: fields => whileAlive(logger.child(fields), life),
  }
}
