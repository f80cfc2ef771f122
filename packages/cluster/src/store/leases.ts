import type { Clock, Timer } from '@samsa/base'

interface Lease {
  readonly id: string
  readonly ttlMs: number
  readonly keys: Set<string>
  expiresAtMs: number
  timer: Timer
}

/** The leases of an embedded store: which keys hang on each, and when it expires. */
export class Leases {
  readonly #clock: Clock
  readonly #expired: (lease: string) => void
  readonly #leases = new Map<string, Lease>()
  #granted = 0

  /** @param expired called when a lease's time is up, while it still holds its keys */
  constructor(clock: Clock, expired: (lease: string) => void) {
    this.#clock = clock
    this.#expired = expired
  }

  grant(ttlMs: number): string {
    const id = `lease-${++this.#granted}`
    const expiresAtMs = this.#clock.monotonicMs() + ttlMs
    this.#leases.set(id, { id, ttlMs, keys: new Set(), expiresAtMs, timer: this.#timer(id, ttlMs) })
    return id
  }

  has(id: string): boolean {
    return this.#leases.has(id)
  }

  keepAlive(id: string): boolean {
    const lease = this.#leases.get(id)
    if (lease === undefined) return false
    lease.expiresAtMs = this.#clock.monotonicMs() + lease.ttlMs
    return true
  }

  attach(id: string, key: string): void {
    this.#leases.get(id)?.keys.add(key)
  }

  detach(id: string, key: string): void {
    this.#leases.get(id)?.keys.delete(key)
  }

  /** Forgets a lease; returns the keys that hung on it. */
  end(id: string): string[] {
    const lease = this.#leases.get(id)
    if (lease === undefined) return []
    lease.timer.cancel()
    this.#leases.delete(id)
    return [...lease.keys]
  }

  close(): void {
    for (const lease of this.#leases.values()) lease.timer.cancel()
    this.#leases.clear()
  }

  // A lease that was kept alive keeps its timer, which then finds that it came too early: no timer per heartbeat.
  #timer(id: string, delayMs: number): Timer {
    return this.#clock.timer(delayMs, () => {
      const lease = this.#leases.get(id)
      if (lease === undefined) return
      const left = lease.expiresAtMs - this.#clock.monotonicMs()
      if (left > 0) lease.timer = this.#timer(id, left)
      else this.#expired(id)
    })
  }
}
