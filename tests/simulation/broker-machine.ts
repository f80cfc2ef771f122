import type { LogFields, Logger, SimulatedWorld } from '@samsa/base'
import { type Broker, startBroker } from '@samsa/broker'
import { brokerAddress } from './broker-client.ts'
import type { History } from './history.ts'
import { Violation } from './violation.ts'

const LIMIT_MS = 120_000

/** A machine with a broker that is started, stopped, killed and cut off from power, always on the same disk. */
export class BrokerMachine {
  readonly world: SimulatedWorld
  readonly #history: History
  readonly #config: Readonly<Record<string, string>>
  readonly #failed: (error: unknown) => void
  #broker: Broker | undefined
  /** Counts processes: what an ended one still says does not matter. */
  #life = 0
  /** A disk that fails excuses a process that does not start. */
  isDiskFaulty = false

  /** @param failed told of violations, which end the run */
  constructor(
    world: SimulatedWorld,
    history: History,
    config: Readonly<Record<string, string>>,
    failed: (error: unknown) => void,
  ) {
    this.world = world
    this.#history = history
    this.#failed = failed
    this.#config = {
      listeners: `PLAINTEXT://${brokerAddress.host}:${brokerAddress.port}`,
      'node.id': '1',
      'log.dirs': '/data',
      'auto.create.topics.enable': 'false',
      ...config,
    }
  }

  /** Starts a process; it may be killed before it serves. */
  start(): void {
    const life = ++this.#life
    this.#history.figures.lives++
    this.#history.note('start')
    startBroker({ world: this.world, config: this.#config, logger: this.#logger(life) }).then(
      broker => {
        if (life !== this.#life) return
        this.#history.note('serving')
        this.#broker = broker
      },
      error => {
        if (life !== this.#life) return
        this.#history.note(`does not start: ${error}`)
        if (!this.isDiskFaulty) this.#failed(new Violation('starts', String(error?.stack ?? error)))
        this.#end('kill')
      },
    )
  }

  get isServing(): boolean {
    return this.#broker !== undefined
  }

  powerCut(): void {
    this.#history.note('power cut')
    this.#history.powerCut()
    this.#end('powerCut')
  }

  kill(): void {
    this.#history.note('kill')
    this.#history.figures.kills++
    this.#end('kill')
  }

  /** Stops the process in order, unless it dies before that is done or has not come to serve. Resolves when it is gone. */
  async stop(): Promise<void> {
    const broker = this.#broker
    if (broker === undefined) return this.kill()
    const life = this.#life
    this.#broker = undefined
    this.#history.note('stop')
    const limit = this.world.host('observer').clock.timer(LIMIT_MS, () => {
      if (life === this.#life) this.#failed(new Violation('stops', `it did not within ${LIMIT_MS} ms`))
    })
    // Where the disk failed, nothing was promised but an attempt.
    let isInOrder = !this.isDiskFaulty
    try {
      await broker.stop()
    } catch (error) {
      isInOrder = false
      this.#history.note(`does not stop in order: ${error}`)
      if (!this.isDiskFaulty && life === this.#life) this.#failed(new Violation('stops', String(error)))
    }
    limit.cancel()
    if (life !== this.#life) return
    if (isInOrder) this.#history.stoppedInOrder()
    this.#history.figures.stops++
    this.#history.note('stopped')
    this.#end('kill')
  }

  #end(how: 'kill' | 'powerCut'): void {
    this.#life++
    this.#broker = undefined
    if (how === 'kill') this.world.kill()
    else this.world.powerCut()
  }

  /** Keeps what the broker says for whoever reads the failure. */
  #logger(life: number): Logger {
    const write = (level: string) => (message: string, fields?: LogFields) => {
      const cause = fields?.['error'] === undefined ? '' : ` (${fields['error']})`
      const where = fields?.['directory'] === undefined ? '' : ` [${fields['directory']}]`
      this.#history.note(`broker ${life} ${level}: ${message}${where}${cause}`)
    }
    const logger: Logger = {
      debug() {},
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      child: () => logger,
    }
    return logger
  }
}
