import { execFile } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'
import { ApiVersions } from '@samsa/protocol'
import { SamsaProcess, freePort } from '../../process/samsa-process.ts'
import { WireConnection } from '../../wire/wire-connection.ts'
import type { BystanderReport } from './bystander.ts'
import type { LoopReport } from './loop-watch.ts'
import { type Figures, cpuSeconds } from './process-figures.ts'

/** A broker whose event loop can be watched from outside. */
export class WatchedBroker {
  readonly samsa: SamsaProcess
  readonly #reportPath: string

  private constructor(samsa: SamsaProcess, reportPath: string) {
    this.samsa = samsa
    this.#reportPath = reportPath
  }

  /** A broker that is not started yet. */
  static async prepare(environment: Record<string, string> = {}): Promise<WatchedBroker> {
    const port = await freePort()
    const reportPath = join(tmpdir(), `samsa-loop-${process.pid}-${port}.json`)
    const watch = pathToFileURL(join(import.meta.dirname, 'loop-watch.js')).href
    const samsa = new SamsaProcess(port, {
      NODE_OPTIONS: `--import ${watch}`,
      SAMSA_TEST_LOOP_WATCH: reportPath,
      ...environment,
    })
    return new WatchedBroker(samsa, reportPath)
  }

  get pid(): number {
    return this.samsa.pid!
  }

  /** Starts it; milliseconds until it answered its first request. */
  async start(): Promise<number> {
    const begun = performance.now()
    await this.samsa.start(60_000)
    const connection = await WireConnection.open(this.samsa)
    await connection.request(ApiVersions, 0, {})
    const took = performance.now() - begun
    connection.close()
    return took
  }

  /**
   * Does `work` while another thread asks for ApiVersions every 10 ms, and tells how the loop and the answers fared. It
   * begins when the system has written what was done before: the disk's backlog is not what is measured. What a
   * bystander who replaces a small file has to wait meanwhile comes on top of the limits.
   */
  async watch(
    what: string,
    figures: Figures,
    limits: { seconds: number; answerMs: number; loopMs: number },
    work: () => Promise<void>,
  ): Promise<void> {
    await promisify(execFile)('sync')
    const prober = await observe<number[]>('./answer-prober.js', {
      host: this.samsa.host,
      port: this.samsa.port,
    })
    const bystander = await observe<BystanderReport>('./bystander.js')
    process.kill(this.pid, 'SIGUSR2')
    const cpuBefore = cpuSeconds(this.pid)
    const begun = performance.now()
    await work()
    const seconds = (performance.now() - begun) / 1000
    const cpu = cpuSeconds(this.pid) - cpuBefore
    const [latenciesMs, machine] = await Promise.all([prober.end(), bystander.end()])
    const loop = await this.#loopReport()
    figures.atMost(what, seconds, limits.seconds, 's')
    figures.tell(`${what}, processor time`, `${cpu.toFixed(2)} s`)
    figures.atMost(
      `${what}, slowest answer to others`,
      latenciesMs.at(-1) ?? 0,
      limits.answerMs + machine.longestWallMs,
      'ms',
    )
    figures.tell(
      `${what}, 99th percentile of answers to others`,
      `${(latenciesMs[Math.floor(latenciesMs.length * 0.99)] ?? 0).toFixed(1)} ms of ${latenciesMs.length}`,
    )
    figures.atMost(
      `${what}, loop held up with work`,
      loop.longestCpuMs,
      limits.loopMs + machine.longestCpuMs,
      'ms',
    )
    figures.tell(
      `${what}, a bystander held up`,
      `${machine.longestWallMs.toFixed(0)} ms, ${machine.longestCpuMs.toFixed(0)} ms of it by the processor`,
    )
    const elsewhere = `${loop.over10Ms} times over 10 ms; longest by the clock ${loop.longestWallMs.toFixed(0)} ms`
    figures.tell(`${what}, loop held up`, elsewhere)
  }

  async #loopReport(): Promise<LoopReport> {
    rmSync(this.#reportPath, { force: true })
    process.kill(this.pid, 'SIGUSR2')
    for (let attempt = 0; attempt < 500; attempt++) {
      await sleep(20)
      try {
        return JSON.parse(readFileSync(this.#reportPath, 'utf8'))
      } catch {}
    }
    throw new Error('the broker did not report on its loop')
  }

  async stop(): Promise<void> {
    await this.samsa.stop()
    rmSync(this.#reportPath, { force: true })
  }
}

/** Starts a thread that says when it is ready, and when it is asked to end what it saw. */
async function observe<Report>(file: string, workerData?: unknown): Promise<{ end(): Promise<Report> }> {
  const thread = new Worker(new URL(file, import.meta.url), { workerData })
  const nextMessage = () =>
    new Promise<Report>((done, failed) => {
      thread.once('message', done)
      thread.once('error', failed)
    })
  await nextMessage()
  return {
    end() {
      thread.postMessage('enough')
      return nextMessage()
    },
  }
}
