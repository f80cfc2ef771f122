import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SamsaProcess, freePort } from '../../process/samsa-process.ts'
import { SESSION_MS } from './group-under-fire.ts'

/** A broker that is stopped, killed and started again. */
export interface BrokerUnderFire {
  readonly name: 'samsa' | 'kafka'
  readonly port: number
  start(): Promise<void>
  /** Ends it in order and keeps its data. */
  shutDown(): Promise<void>
  /** `kill -9`. */
  kill(): Promise<void>
  /** Ends it and removes its data. */
  stop(): Promise<void>
}

export async function samsaUnderFire(): Promise<BrokerUnderFire> {
  const samsa = new SamsaProcess(await freePort(), {
    KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
    KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS: String(SESSION_MS),
  })
  return Object.assign(samsa, { name: 'samsa' as const })
}

const kafkaSettings = [
  `group.min.session.timeout.ms=${SESSION_MS}`,
  `group.consumer.min.session.timeout.ms=${SESSION_MS}`,
  `group.consumer.session.timeout.ms=${SESSION_MS}`,
  'group.consumer.min.heartbeat.interval.ms=500',
  'group.consumer.heartbeat.interval.ms=500',
]

/** @param script starts Apache Kafka: `start DIRECTORY PORT key=value …`, `stop DIRECTORY` */
export async function kafkaUnderFire(script: string): Promise<BrokerUnderFire> {
  const directory = mkdtempSync(join(tmpdir(), 'kafka-fire-'))
  const port = await freePort()
  const stop = () => run(script, ['stop', directory])
  return {
    name: 'kafka',
    port,
    start: () => run(script, ['start', directory, `${port}`, ...kafkaSettings]),
    shutDown: stop,
    async kill() {
      process.kill(Number(readFileSync(join(directory, 'pid'), 'utf8')), 'SIGKILL')
      await stop()
    },
    async stop() {
      await stop()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function run(program: string, args: string[]): Promise<void> {
  const env = { KAFKA_HEAP_OPTS: '-Xmx256m -Xms256m', ...process.env }
  const child = spawn(program, args, { env, stdio: ['ignore', 'ignore', 'inherit'] })
  return new Promise((done, failed) => {
    child.once('error', failed)
    child.once('exit', code => {
      if (code === 0) done()
      else failed(new Error(`${program} ${args[0]} ended with ${code}`))
    })
  })
}
