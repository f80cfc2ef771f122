import type { Peer } from './scenario.ts'

/** A broker the cases run against. */
export interface Subject extends Peer {
  /** `kill -9` and a new start on the same data, where the suite started the broker itself. */
  readonly restart: (() => Promise<void>) | undefined
  /** Arguments of a command that runs one of Kafka's Java tools; undefined where there is no Java. */
  readonly javaTool: readonly string[] | undefined
}

/** One thing that has to hold on every broker. */
export interface Case {
  readonly name: string
  /** Why a broker cannot be asked for it; undefined when it can. */
  skip?(subject: Subject): string | undefined
  run(subject: Subject): Promise<void>
}

let number = Date.now() % 1_000_000

/** A name nobody used before: cases share a broker. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${(number++).toString(36)}`
}

/** Waits until something holds. */
export async function eventually(what: string, holds: () => boolean, withinMs = 30_000): Promise<void> {
  const end = Date.now() + withinMs
  while (!holds()) {
    if (Date.now() > end) throw new Error(`${what}: not within ${withinMs} ms`)
    await new Promise(done => setTimeout(done, 20))
  }
}

export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (one !== other) throw new Error(`${what}: expected ${other?.slice(0, 400)}, was ${one?.slice(0, 400)}`)
}
