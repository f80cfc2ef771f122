import { Worker } from 'node:worker_threads'

export interface Report {
  readonly latenciesMs: number[]
  readonly servedMs: number[]
  readonly failures: string[]
}

/** A client on a thread of its own that measures until it is asked for its report. */
export class Prober {
  readonly #worker: Worker
  readonly #report: Promise<Report>

  constructor(file: string, workerData: unknown) {
    this.#worker = new Worker(new URL(file, import.meta.url), { workerData })
    this.#report = new Promise((done, failed) => {
      this.#worker.once('message', done)
      this.#worker.once('error', failed)
      const failures = ['no answer for 15 s']
      this.#worker.once('exit', () => done({ latenciesMs: [], servedMs: [], failures }))
    })
  }

  async report(): Promise<Report> {
    this.#worker.postMessage('enough')
    const giveUp = setTimeout(() => this.#worker.terminate(), 15_000)
    const report = await this.#report
    clearTimeout(giveUp)
    return report
  }
}
