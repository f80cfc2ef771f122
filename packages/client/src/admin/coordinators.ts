import { FindCoordinator } from '@samsa/protocol'
import { KafkaError } from '../errors.ts'
import { type AdminContext, type Deadline, learnNodes } from './context.ts'
import type { Settle } from './exchange.ts'
import type { Router } from './routing.ts'
import { groupBy } from './topic-partitions.ts'

/** The kinds of coordinators by their number on the wire. */
const keyTypes = { group: 0, transaction: 1 } as const
type CoordinatorKind = keyof typeof keyTypes

/**
 * The coordinator of each group or transactional id answers for it; all are looked up with one request where the
 * broker can (KIP-699).
 *
 * @param keyOf the id of the group, or the transactional id, of an item
 */
export function toCoordinators<Item>(
  context: AdminContext,
  kind: CoordinatorKind,
  keyOf: (item: Item) => string,
): Router<Item> {
  const known = new Map<string, number>()
  return {
    async route(items, settle, deadline) {
      const missing = groupBy(
        items.filter(item => !known.has(keyOf(item))),
        keyOf,
      )
      for (const [key, outcome] of await find(context, kind, [...missing.keys()], deadline)) {
        if (outcome instanceof KafkaError) settleAll(missing.get(key) ?? [], outcome, settle)
        else known.set(key, outcome)
      }
      const found = items.filter(item => known.has(keyOf(item)))
      const groups = groupBy(found, item => known.get(keyOf(item))!)
      await learnNodes(context, groups.keys())
      return [...groups].map(([target, group]) => ({ target, items: group }))
    },
    retries: isCoordinatorError,
    forget: item => known.delete(keyOf(item)),
  }
}

/** The coordinator moved, or is not ready yet. */
export function isCoordinatorError({ code }: KafkaError): boolean {
  return (
    code === 'NOT_COORDINATOR' ||
    code === 'COORDINATOR_NOT_AVAILABLE' ||
    code === 'COORDINATOR_LOAD_IN_PROGRESS' ||
    code === 'BROKER_NOT_AVAILABLE'
  )
}

function settleAll<Item>(items: readonly Item[], error: KafkaError, settle: Settle<Item, never>): void {
  for (const item of items) settle(item, error)
}

type Found = readonly [key: string, outcome: number | KafkaError]

async function find(
  context: AdminContext,
  kind: CoordinatorKind,
  keys: readonly string[],
  deadline: Deadline,
): Promise<Found[]> {
  if (keys.length === 0) return []
  try {
    return await findTogether(context, kind, keys, deadline)
  } catch (error) {
    if (!(error instanceof KafkaError) || error.code !== 'UNSUPPORTED') throw error
    return Promise.all(keys.map(key => findAlone(context, kind, key, deadline)))
  }
}

async function findTogether(
  { cluster }: AdminContext,
  kind: CoordinatorKind,
  keys: readonly string[],
  deadline: Deadline,
): Promise<Found[]> {
  const request = { keyType: keyTypes[kind], coordinatorKeys: keys }
  const options = { timeoutMs: deadline.attemptMs(), minVersion: 4 }
  const { coordinators } = await cluster.send(FindCoordinator, 'any', request, options)
  return coordinators.map(({ key, nodeId, errorCode, errorMessage }): Found => {
    return [key, errorCode === 'NONE' ? nodeId : new KafkaError(errorCode, errorMessage ?? undefined)]
  })
}

/** Before version 4 of the API, one request a key. */
async function findAlone(
  { cluster }: AdminContext,
  kind: CoordinatorKind,
  key: string,
  deadline: Deadline,
): Promise<Found> {
  const request = { keyType: keyTypes[kind], key }
  const options = { timeoutMs: deadline.attemptMs(), maxVersion: 3 }
  const found = await cluster.send(FindCoordinator, 'any', request, options)
  if (found.errorCode === 'NONE') return [key, found.nodeId]
  return [key, new KafkaError(found.errorCode, found.errorMessage ?? undefined)]
}
