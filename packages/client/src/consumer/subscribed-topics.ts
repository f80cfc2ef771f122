import type { Cluster } from '../cluster/index.ts'
import { type Subscription, topicsOf } from './subscription.ts'

/** The subscription, and which topics it means now: metadata of them is kept up to date. */
export class SubscribedTopics {
  subscription: Subscription = { kind: 'none' }
  names: readonly string[] = []
  readonly #cluster: Cluster
  readonly #excludeInternal: boolean
  readonly #assigned: () => Iterable<string>
  readonly #changed: () => void
  #unfollow: (() => void)[] = []

  /**
   * @param assigned topics that are read, whatever the subscription says
   * @param changed other topics are meant than before
   */
  constructor(
    cluster: Cluster,
    excludeInternal: boolean,
    assigned: () => Iterable<string>,
    changed: () => void,
  ) {
    this.#cluster = cluster
    this.#excludeInternal = excludeInternal
    this.#assigned = assigned
    this.#changed = changed
  }

  get isGroup(): boolean {
    return this.subscription.kind !== 'none' && this.subscription.kind !== 'assigned'
  }

  /** Replaces the subscription. */
  follow(subscription: Subscription): void {
    this.#stop()
    this.subscription = subscription
    const { metadata } = this.#cluster
    const isAll = subscription.kind === 'expression' || subscription.kind === 'pattern'
    const topics = () => (isAll ? ('all' as const) : new Set([...this.names, ...this.#assigned()]))
    this.#unfollow = [metadata.follow({ topics }), metadata.onChange(() => this.#look())]
    if (this.isGroup) this.#look()
  }

  /** Nothing is meant any more. */
  clear(): void {
    this.close()
    this.subscription = { kind: 'none' }
    this.names = []
  }

  close(): void {
    this.#stop()
  }

  #stop(): void {
    for (const unfollow of this.#unfollow) unfollow()
    this.#unfollow = []
  }

  #look(): void {
    const names = topicsOf(this.subscription, this.#cluster, this.#excludeInternal)
    const isSame = names.length === this.names.length && names.every((name, at) => name === this.names[at])
    if (isSame) return
    this.names = names
    this.#changed()
  }
}
