import type { Change, StoreEvent, Watch, WatchListener } from './metadata-store.ts'

/** How many changes a watch may start behind. */
const CHANGES_KEPT = 1024

interface Watcher {
  readonly prefix: string
  readonly listener: WatchListener
  next: number
}

/** The newest durable changes, and who is told of them. */
export class ChangeHistory {
  #changes: Change[] = []
  /** Everything from this revision on is in `#changes`. */
  #completeFrom: number
  readonly #watchers = new Set<Watcher>()
  readonly #defer: (callback: () => void) => void

  constructor(nextRevision: number, defer: (callback: () => void) => void) {
    this.#completeFrom = nextRevision
    this.#defer = defer
  }

  /** Adds durable changes and tells the watchers. */
  publish(changes: readonly Change[]): void {
    if (changes.length === 0) return
    for (const change of changes) this.#changes.push(change)
    for (const watcher of [...this.#watchers]) this.#deliver(watcher)
    if (this.#changes.length > 2 * CHANGES_KEPT) {
      this.#changes = this.#changes.slice(-CHANGES_KEPT)
      this.#completeFrom = this.#changes[0]!.revision
    }
  }

  watch(from: number, prefix: string, listener: WatchListener): Watch {
    const watcher = { prefix, listener, next: from }
    this.#watchers.add(watcher)
    this.#defer(() => this.#deliver(watcher))
    return { cancel: () => void this.#watchers.delete(watcher) }
  }

  clear(): void {
    this.#watchers.clear()
    this.#changes = []
  }

  #deliver(watcher: Watcher): void {
    if (!this.#watchers.has(watcher)) return
    if (watcher.next < this.#completeFrom) {
      this.#watchers.delete(watcher)
      watcher.listener.lost()
      return
    }
    const changes = this.#since(watcher.next).flatMap(change => matching(change, watcher.prefix))
    watcher.next = Math.max(watcher.next, (this.#changes.at(-1)?.revision ?? 0) + 1)
    if (changes.length > 0) watcher.listener.changed(changes)
  }

  #since(revision: number): Change[] {
    let at = this.#changes.length
    while (at > 0 && this.#changes[at - 1]!.revision >= revision) at--
    return this.#changes.slice(at)
  }
}

function matching(change: Change, prefix: string): Change[] {
  if (prefix === '') return [change]
  const events = change.events.filter(event => keyOf(event).startsWith(prefix))
  return events.length === 0 ? [] : [{ revision: change.revision, events }]
}

function keyOf(event: StoreEvent): string {
  return event.type === 'put' ? event.entry.key : event.key
}
