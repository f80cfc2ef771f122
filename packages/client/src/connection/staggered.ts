import type { Clock, Timer } from '@samsa/base'

export interface StaggeredOptions<T> {
  readonly clock: Clock
  /** How long an attempt is alone before the next one starts beside it. */
  readonly staggerMs: number
  /** Gets rid of what succeeded too late. */
  readonly discard?: (late: T) => void
}

/**
 * Tries candidates in order until one succeeds: the next starts when the one before fails or takes long, so that one
 * that does not answer costs `staggerMs` and not its timeout (as RFC 8305 does with addresses). Rejects with the list
 * of failures, in order of the candidates, when all failed.
 */
export function firstOf<C, T>(
  candidates: readonly C[],
  attempt: (candidate: C) => Promise<T>,
  options: StaggeredOptions<T>,
): Promise<T> {
  const { clock, staggerMs, discard } = options
  return new Promise((resolve, reject) => {
    const failures: unknown[] = []
    let next = 0
    let underWay = 0
    let isDone = false
    let timer: Timer | undefined
    const start = () => {
      timer?.cancel()
      timer = undefined
      if (isDone || next >= candidates.length) return
      const at = next++
      underWay++
      attempt(candidates[at]!).then(succeeded, error => failed(at, error))
      if (next < candidates.length) timer = clock.timer(staggerMs, start)
    }
    const succeeded = (value: T) => {
      if (isDone) return discard?.(value)
      isDone = true
      timer?.cancel()
      resolve(value)
    }
    const failed = (at: number, error: unknown) => {
      failures[at] = error
      underWay--
      if (isDone) return
      if (next < candidates.length) start()
      else if (underWay === 0) {
        isDone = true
        reject(new AllFailed(failures))
      }
    }
    if (candidates.length === 0) reject(new AllFailed([]))
    else start()
  })
}

/** None of the candidates succeeded. */
export class AllFailed extends Error {
  readonly failures: readonly unknown[]
  constructor(failures: readonly unknown[]) {
    super('all attempts failed')
    this.failures = failures
  }
}
