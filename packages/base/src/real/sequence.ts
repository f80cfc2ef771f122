/** Does one piece of work after the other, whatever becomes of each: of the threads that file operations share, it takes one. */
export class Sequence {
  #last: Promise<unknown> = Promise.resolve()

  /** Begins when all that came before has ended. Settles as the work does. */
  run<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#last.then(work)
    this.#last = done.catch(() => {})
    return done
  }
}
