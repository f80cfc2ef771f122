import type { Target } from '../cluster/index.ts'
import { KafkaError } from '../errors.ts'
import { type AdminContext, type Deadline, learnNodes } from './context.ts'
import type { Settle } from './exchange.ts'
import { groupBy } from './topic-partitions.ts'

export type { Target }

/** Some items and the node that answers for them. */
export interface Route<Item> {
  readonly target: Target
  readonly items: readonly Item[]
}

/** Finds out which node answers for which item. */
export interface Router<Item> {
  /** The routes of all items but those that it settles: what has no node now is settled with an error. */
  route(
    items: readonly Item[],
    settle: Settle<Item, never>,
    deadline: Deadline,
  ): Promise<Route<Item>[]> | Route<Item>[]
  /** Whether an item with this error is worth routing and asking again. */
  retries(error: KafkaError): boolean
  /** An item is going to be asked again after this error: what was known about its node may be wrong. */
  forget?(item: Item, error: KafkaError): void
}

/** Everything goes to the controller, wherever it is. */
export function toController<Item>(context: AdminContext): Router<Item> {
  let hasMoved = false
  return {
    async route(items) {
      if (hasMoved) await context.cluster.metadata.refresh()
      hasMoved = false
      return [{ target: 'controller', items }]
    },
    retries: isControllerError,
    forget(_, { code }) {
      hasMoved ||= code === 'NOT_CONTROLLER'
    },
  }
}

/** Everything goes to one node, whichever is at hand. */
export function toAny<Item>(): Router<Item> {
  return { route: items => [{ target: 'any', items }], retries: isControllerError }
}

/** Each item names its node. One that is no node of the cluster is BROKER_NOT_AVAILABLE at once. */
export function toNodes<Item>(context: AdminContext, nodeOf: (item: Item) => Target): Router<Item> {
  return {
    async route(items, settle) {
      const groups = groupBy(items, nodeOf)
      const known = await learnNodes(
        context,
        [...groups.keys()].filter(target => typeof target === 'number'),
      )
      for (const [target, group] of groups) {
        if (typeof target !== 'number' || known.has(target)) continue
        groups.delete(target)
        for (const item of group) settle(item, noSuchNode(target, known))
      }
      return [...groups].map(([target, group]) => ({ target, items: group }))
    },
    retries: isControllerError,
  }
}

function noSuchNode(id: number, known: ReadonlySet<number>): KafkaError {
  const message = `The cluster has no node ${id} now; it has ${[...known].sort((a, b) => a - b).join(', ')}.`
  return new KafkaError('BROKER_NOT_AVAILABLE', message)
}

/** The controller moved, or a quota on changes is used up for now. */
export function isControllerError(error: KafkaError): boolean {
  return error.code === 'NOT_CONTROLLER' || error.code === 'THROTTLING_QUOTA_EXCEEDED'
}
