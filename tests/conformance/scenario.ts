import { deepStrictEqual } from 'node:assert'

/** The broker a scenario runs against. */
export interface Peer {
  readonly name: 'samsa' | 'kafka'
  readonly bootstrap: string
  /** A name nobody used before. */
  unique(prefix: string): string
  /** Arguments of a command that runs one of Kafka's Java tools; undefined where there is no Java. */
  readonly javaTool?: readonly string[] | undefined
}

/** Something the client must do alike at every broker. A scenario throws when it does not hold. */
export interface Scenario {
  readonly name: string
  /** Why this broker cannot serve it; undefined when it can. */
  skip?(peer: Peer): string | undefined
  run(peer: Peer): Promise<void>
}

export function expectEqual(actual: unknown, expected: unknown, what: string): void {
  deepStrictEqual(actual, expected, what)
}

/** The error a promise rejects with; throws when it does not. */
export async function rejection(promise: Promise<unknown>): Promise<{ code: string; message: string }> {
  try {
    await promise
  } catch (error) {
    return error as { code: string; message: string }
  }
  throw new Error('it should have been refused')
}
