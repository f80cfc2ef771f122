import type { Address } from '@samsa/base'

/** One place the broker answers on, and what it tells clients of it. */
export interface ListenerEndpoint {
  readonly name: string
  readonly securityProtocol: string
  /** Where it listens. */
  readonly bound: Address
  /** What Metadata gives to clients that came through this listener. */
  readonly advertised: Address
  /** Nothing names this listener: a client is told the address it came by. */
  readonly isAdvertisedAsReached: boolean
}

/** The broker's listeners by name; filled once they are bound. */
export class Listeners {
  readonly #byName = new Map<string, ListenerEndpoint>()

  add(endpoint: ListenerEndpoint): void {
    this.#byName.set(endpoint.name, endpoint)
  }

  get(name: string): ListenerEndpoint | undefined {
    return this.#byName.get(name)
  }

  get all(): readonly ListenerEndpoint[] {
    return [...this.#byName.values()]
  }
}
