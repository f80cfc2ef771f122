import type { ErrorName } from '@samsa/protocol'
import type { Transaction } from './store/metadata-store.ts'

/**
 * What a decision comes to: changes to make in the store, and the answer to give once they are made. Every change is
 * applied whole or not at all; neighbours are applied together as far as the store's transactions allow.
 */
export interface Decision<Response> {
  readonly changes: readonly Transaction[]
  readonly response: Response
}

/** The outcome for one item of a request. */
export interface Outcome {
  readonly error: ErrorName | 'NONE'
  /** For people; null where the error's name says it all. */
  readonly message: string | null
}

export const OK: Outcome = { error: 'NONE', message: null }

export function refuse(error: ErrorName, message: string | null = null): Outcome {
  return { error, message }
}

/**
 * Neighbouring changes joined into transactions of at most `maxOperations` operations. A change with more is left as
 * it is. No key may be written by two changes.
 */
export function packTransactions(changes: readonly Transaction[], maxOperations: number): Transaction[] {
  const packed: Transaction[] = []
  let conditions: Transaction['conditions'][number][] = []
  let operations: Transaction['operations'][number][] = []
  for (const change of changes) {
    if (operations.length > 0 && operations.length + change.operations.length > maxOperations) {
      packed.push({ conditions, operations })
      conditions = []
      operations = []
    }
    for (const condition of change.conditions) conditions.push(condition)
    for (const operation of change.operations) operations.push(operation)
  }
  if (operations.length > 0) packed.push({ conditions, operations })
  return packed
}
