import type { ErrorName } from '@samsa/protocol'

/** What is asked of one partition. */
export interface FetchItem {
  readonly topic: string
  readonly topicId: string
  readonly partition: number
  readonly fetchOffset: number
  readonly currentLeaderEpoch: number
  readonly partitionMaxBytes: number
}

/** What one request says. */
export interface SessionRequest {
  readonly sessionId: number
  readonly sessionEpoch: number
  readonly items: readonly FetchItem[]
  readonly forgotten: readonly FetchItem[]
}

/** The epoch of a request that names everything, and asks for a new session. */
const FULL = 0

/**
 * A fetch session with one broker (KIP-227): the broker remembers what is asked of which partition, and requests only
 * name what changed. A broker without room for another session answers with the session id 0: then each request names
 * everything.
 */
export class FetchSession {
  #sessionId = 0
  #epoch = FULL
  #known = new Map<string, FetchItem>()

  /** Whether the broker keeps a session for this client. */
  get isOpen(): boolean {
    return this.#sessionId !== 0
  }

  /** The request that asks for exactly these items. */
  next(items: readonly FetchItem[]): SessionRequest {
    const wanted = new Map(items.map(item => [keyOf(item), item]))
    if (this.#epoch === FULL) {
      this.#known = wanted
      return { sessionId: this.#sessionId, sessionEpoch: FULL, items, forgotten: [] }
    }
    const changed = items.filter(item => !isSame(this.#known.get(keyOf(item)), item))
    const forgotten = [...this.#known].filter(([key]) => !wanted.has(key)).map(([, item]) => item)
    this.#known = wanted
    return { sessionId: this.#sessionId, sessionEpoch: this.#epoch, items: changed, forgotten }
  }

  /** Takes in how the broker answered; false when the answer is about the session and holds nothing else. */
  answered(errorCode: ErrorName, sessionId: number): boolean {
    if (errorCode !== 'NONE') {
      // The broker closes the session we had, if it still knows it, when we ask for a new one by its id.
      if (errorCode === 'FETCH_SESSION_ID_NOT_FOUND') this.#sessionId = 0
      this.#epoch = FULL
      return false
    }
    this.#epoch = sessionId === 0 ? FULL : this.#epoch === 0x7fffffff ? 1 : this.#epoch + 1
    this.#sessionId = sessionId
    return true
  }

  /** No answer came: nobody knows what the broker remembers. */
  broken(): void {
    this.#epoch = FULL
    this.#known.clear()
  }
}

function keyOf({ topic, topicId, partition }: FetchItem): string {
  return `${partition}:${topicId}:${topic}`
}

function isSame(one: FetchItem | undefined, other: FetchItem): boolean {
  return (
    one !== undefined &&
    one.fetchOffset === other.fetchOffset &&
    one.currentLeaderEpoch === other.currentLeaderEpoch &&
    one.partitionMaxBytes === other.partitionMaxBytes
  )
}
