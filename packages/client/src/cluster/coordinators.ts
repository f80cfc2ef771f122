import type { CompleteResponseOf, ErrorName, FindCoordinator } from '@samsa/protocol'
import { KafkaError } from '../errors.ts'

/** What a broker coordinates: a group, a transactional id, or the state of a share partition. */
export type CoordinatorKind = 'group' | 'transaction' | 'share'

const keyTypes = { group: 0, transaction: 1, share: 2 } as const
const nouns = { group: 'group', transaction: 'transactional id', share: 'share partition' }

export interface CoordinatorsOptions {
  ask(
    keyType: number,
    key: string,
  ): Promise<{ answer: CompleteResponseOf<typeof FindCoordinator>; origin: string }>
  learnNode(nodeId: number, host: string, port: number, origin: string): void
}

/** Which broker coordinates what; asked once for callers at the same time, and again after `forget`. */
export class Coordinators {
  readonly #options: CoordinatorsOptions
  readonly #known = new Map<string, Promise<number>>()

  constructor(options: CoordinatorsOptions) {
    this.#options = options
  }

  /** The coordinator's node id. Rejects with `KafkaError`; tries once. */
  of(kind: CoordinatorKind, key: string): Promise<number> {
    const name = `${kind} ${key}`
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const found = this.#find(kind, key)
    this.#known.set(name, found)
    found.catch(() => {
      if (this.#known.get(name) === found) this.#known.delete(name)
    })
    return found
  }

  forget(kind: CoordinatorKind, key: string): void {
    this.#known.delete(`${kind} ${key}`)
  }

  /** Forgets everything, when the brokers are not those any more. */
  clear(): void {
    this.#known.clear()
  }

  async #find(kind: CoordinatorKind, key: string): Promise<number> {
    const { answer, origin } = await this.#options.ask(keyTypes[kind], key)
    const { nodeId, host, port, errorCode, errorMessage } = answer.coordinators[0] ?? answer
    if (errorCode !== 'NONE') throw failure(kind, key, errorCode, errorMessage)
    this.#options.learnNode(nodeId, host, port, origin)
    return nodeId
  }
}

function failure(kind: CoordinatorKind, key: string, code: ErrorName, said: string | null): KafkaError {
  const more = said === null || said === '' ? '' : `: ${said}`
  return new KafkaError(code, `no coordinator was found for the ${nouns[kind]} '${key}'${more}`)
}

/** The request in the version agreed on: several keys at once from v4 on (KIP-699). */
export function findCoordinatorDraft(version: number, keyType: number, key: string) {
  return version >= 4 ? { keyType, coordinatorKeys: [key] } : { key, keyType }
}
