import type { Io, StopSignal } from '../command/command.ts'

/** Whether somebody asked the process to end: at the first signal what is at hand is finished, a second one ends it. */
export class StopRequest implements Disposable {
  readonly #abort = new AbortController()
  readonly #unlisten: () => void
  /** The first signal. */
  received: StopSignal | undefined

  constructor(io: Io, exitCodes: Readonly<Record<StopSignal, number>>) {
    this.#unlisten = io.onStopSignal(signal => {
      if (this.received !== undefined) io.exit(exitCodes[signal])
      this.received = signal
      this.#abort.abort()
    })
  }

  get signal(): AbortSignal {
    return this.#abort.signal
  }

  /** What comes of an iterable until then; a wait for more of it is given up. */
  async *until<T>(source: AsyncIterable<T>): AsyncGenerator<T, void, undefined> {
    const iterator = source[Symbol.asyncIterator]()
    const stopped = new Promise<'stopped'>(resolve => {
      if (this.signal.aborted) resolve('stopped')
      else this.signal.addEventListener('abort', () => resolve('stopped'), { once: true })
    })
    for (;;) {
      const next = iterator.next()
      const outcome = await Promise.race([next, stopped])
      if (outcome === 'stopped') {
        next.catch(() => {})
        return
      }
      if (outcome.done === true) return
      yield outcome.value
    }
  }

  [Symbol.dispose](): void {
    this.#unlisten()
  }
}
