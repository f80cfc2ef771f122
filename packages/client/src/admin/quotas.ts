import { AlterClientQuotas, DescribeClientQuotas } from '@samsa/protocol'
import { throwIfError } from '../errors.ts'
import type { AdminContext, CallOptions } from './context.ts'
import { exchange } from './exchange.ts'
import { type Outcomes, textOf } from './results.ts'
import { toAny } from './routing.ts'
import { doneOr, single } from './single.ts'

/**
 * Whom a quota binds: names by kind (`user`, `client-id`, `ip`), together. Null stands for the default of a kind.
 * `{ user: 'alice', 'client-id': null }` is every client of alice's that has no quota of its own.
 */
export type QuotaEntity = Readonly<Record<string, string | null>>

/** What one kind of name has to be: a name, null for the default, or anything at all. */
export interface QuotaComponent {
  readonly entityType: string
  /** Left out: any name, or the default. */
  readonly name?: string | null | undefined
}

export interface QuotaFilter {
  /** What the names of an entity have to be; none means every entity. */
  readonly components: readonly QuotaComponent[]
  /** Entities with further kinds of names do not count. Default: false. */
  readonly strict?: boolean | undefined
}

/** The quotas of an entity, by key: `producer_byte_rate`, `request_percentage`, … */
export interface ClientQuota {
  readonly entity: QuotaEntity
  readonly values: Readonly<Record<string, number>>
}

/** The quotas of the entities that a filter lets through (KIP-546). */
export async function describeClientQuotas(
  context: AdminContext,
  filter: QuotaFilter,
  options: CallOptions,
): Promise<ClientQuota[]> {
  return single(context, 'DescribeClientQuotas', options, async deadline => {
    const request = { components: filter.components.map(componentOf), strict: filter.strict ?? false }
    const limits = { timeoutMs: deadline.attemptMs() }
    const response = await context.cluster.send(DescribeClientQuotas, 'any', request, limits)
    throwIfError(response.errorCode, response.errorMessage)
    return (response.entries ?? []).map(({ entity, values }) => ({
      entity: entityOf(entity),
      values: Object.fromEntries(values.map(({ key, value }) => [key, value])),
    }))
  })
}

function componentOf({ entityType, name }: QuotaComponent) {
  if (name === undefined) return { entityType, matchType: 2, match: null }
  if (name === null) return { entityType, matchType: 1, match: null }
  return { entityType, matchType: 0, match: name }
}

/** What is to change in the quotas of an entity. */
export interface QuotaChange {
  readonly entity: QuotaEntity
  readonly set?: Readonly<Record<string, number>> | undefined
  readonly remove?: readonly string[] | undefined
}

export interface AlterClientQuotasOptions extends CallOptions {
  /** Checks only, and changes nothing. */
  readonly validateOnly?: boolean | undefined
}

/** Changes quotas (KIP-546). Items are entities. */
export function alterClientQuotas(
  context: AdminContext,
  changes: readonly QuotaChange[],
  options: AlterClientQuotasOptions,
): Outcomes<QuotaEntity, undefined> {
  const byEntity = new Map(changes.map(change => [textOf(change.entity), change]))
  return exchange<QuotaEntity, undefined>(context, options, {
    what: 'AlterClientQuotas',
    items: changes.map(({ entity }) => entity),
    route: toAny(),
    async ask(target, entities, settle, deadline) {
      const request = {
        entries: entities.map(entity => entryOf(byEntity.get(textOf(entity))!)),
        validateOnly: options.validateOnly ?? false,
      }
      const limits = { timeoutMs: deadline.attemptMs() }
      const { entries } = await context.cluster.send(AlterClientQuotas, target, request, limits)
      for (const { entity, errorCode, errorMessage } of entries)
        settle(entityOf(entity), doneOr(errorCode, errorMessage))
    },
  })
}

function entryOf({ entity, set = {}, remove = [] }: QuotaChange) {
  return {
    entity: Object.entries(entity).map(([entityType, entityName]) => ({ entityType, entityName })),
    ops: [
      ...Object.entries(set).map(([key, value]) => ({ key, value, remove: false })),
      ...remove.map(key => ({ key, value: 0, remove: true })),
    ],
  }
}

function entityOf(
  entity: readonly { readonly entityType: string; readonly entityName: string | null }[],
): QuotaEntity {
  return Object.fromEntries(entity.map(({ entityType, entityName }) => [entityType, entityName]))
}
