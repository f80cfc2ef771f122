import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type AddressInfo, createConnection, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** The repository's root; every suite is started from there by its `run` script. */
export const root = process.cwd()

/** A broker that tests talk to: one they started, or one somebody else runs. */
export interface Broker {
  readonly host: string
  readonly port: number
  /** The process, when the tests started it. */
  readonly pid: number | undefined
  /** What it printed so far, when the tests started it. */
  output(): string
  /** Ends it in order and removes its data; does nothing to a foreign broker. */
  stop(): Promise<void>
}

export const bootstrapOf = (broker: Broker) => `${broker.host}:${broker.port}`

/** The broker named by SAMSA_TEST_BOOTSTRAP, or else a Samsa of our own on a free port with an empty directory. */
export async function brokerUnderTest(): Promise<Broker> {
  const given = process.env['SAMSA_TEST_BOOTSTRAP']
  if (given === undefined || given === '') return startSamsa()
  const [host = '127.0.0.1', port = '9092'] = given.split(':')
  return { host, port: Number(port), pid: undefined, output: () => '', stop: async () => {} }
}

/** A Samsa that can be killed and started again on the same port and data. */
export class SamsaProcess implements Broker {
  readonly host = '127.0.0.1'
  readonly port: number
  readonly directory: string
  readonly #environment: Record<string, string>
  #child: ChildProcess | undefined
  #output = ''

  constructor(port: number, environment: Record<string, string> = {}) {
    this.port = port
    this.directory = mkdtempSync(join(tmpdir(), 'samsa-test-'))
    this.#environment = environment
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  output(): string {
    return this.#output
  }

  /** Starts the process; resolves once its port answers. */
  async start(timeoutMs = 15_000): Promise<void> {
    const program = resolve(root, process.env['SAMSA_TEST_PROGRAM'] ?? 'packages/samsa/dist/samsa.js')
    if (!existsSync(program)) throw new Error(`${program} is missing: run npm run build`)
    const args = ['start', '--port', `${this.port}`, '--data', join(this.directory, 'data')]
    const environment = { ...process.env, ...this.#environment }
    const child = spawn(process.execPath, [program, ...args], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => {
        this.#output = (this.#output + chunk).slice(-100_000)
      })
    }
    const end = Date.now() + timeoutMs
    while (!(await answers(this.host, this.port))) {
      if (child.exitCode !== null)
        throw new Error(`the broker ended with ${child.exitCode}:\n${this.#output}`)
      if (Date.now() > end)
        throw new Error(`no answer on port ${this.port} in ${timeoutMs} ms:\n${this.#output}`)
      await sleep(20)
    }
  }

  /** Pulls the plug: SIGKILL, and waits until the process is gone. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL', 5_000)
  }

  /** Stops it in order and keeps its data. */
  async shutDown(): Promise<void> {
    await this.#end('SIGTERM', 60_000)
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM', 20_000)
    rmSync(this.directory, { recursive: true, force: true })
  }

  async #end(signal: NodeJS.Signals, timeoutMs: number): Promise<void> {
    const child = this.#child
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise(done => child.once('exit', done))
    child.kill(signal)
    const late = setTimeout(() => child.kill('SIGKILL'), timeoutMs)
    await gone
    clearTimeout(late)
  }
}

async function startSamsa(): Promise<SamsaProcess> {
  // Kafka waits 3 s for more members before the first assignment of a group; tests would only wait with it.
  const broker = new SamsaProcess(await freePort(), { KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS: '0' })
  await broker.start()
  return broker
}

export function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer().on('error', failed)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => done(port))
    })
  })
}

/** Whether something accepts connections there. */
export function answers(host: string, port: number): Promise<boolean> {
  return new Promise(done => {
    const socket = createConnection({ host, port })
    socket.once('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', () => done(false))
  })
}

/** Resident memory of a process in megabytes, where the system tells (Linux). */
export function residentMb(pid: number | undefined): number | undefined {
  if (pid === undefined || !existsSync(`/proc/${pid}/status`)) return undefined
  const kilobytes = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return kilobytes === undefined ? undefined : Math.round(Number(kilobytes) / 1024)
}
