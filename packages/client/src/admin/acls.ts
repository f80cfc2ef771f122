import { CreateAcls, DeleteAcls, DescribeAcls } from '@samsa/protocol'
import { KafkaError, throwIfError } from '../errors.ts'
import type { AdminContext, CallOptions } from './context.ts'
import { exchange } from './exchange.ts'
import { type AclOperation, operationCode, operationOf } from './operations.ts'
import type { Outcome, Outcomes } from './results.ts'
import { toAny } from './routing.ts'
import { doneOr, single, valueOr } from './single.ts'

// The positions are the numbers on the wire.
const resourceTypes = [
  'UNKNOWN',
  'ANY',
  'TOPIC',
  'GROUP',
  'CLUSTER',
  'TRANSACTIONAL_ID',
  'DELEGATION_TOKEN',
  'USER',
] as const
const patternTypes = ['UNKNOWN', 'ANY', 'MATCH', 'LITERAL', 'PREFIXED'] as const
const permissionTypes = ['UNKNOWN', 'ANY', 'DENY', 'ALLOW'] as const

/** Kinds of resources that ACLs protect. */
export type AclResourceType = (typeof resourceTypes)[number]
/** How the name of an ACL's resource matches names: as it is, or as their beginning (KIP-290). */
export type AclPatternType = (typeof patternTypes)[number]
export type AclPermissionType = (typeof permissionTypes)[number]

/** One rule: a principal may, or may not, do something with some resources from a host. */
export interface AclBinding {
  readonly resourceType: AclResourceType
  /** `*` stands for every name. */
  readonly resourceName: string
  readonly patternType: AclPatternType
  /** `User:alice`; `User:*` is everyone. */
  readonly principal: string
  /** An address; `*` is every host. */
  readonly host: string
  readonly operation: AclOperation
  readonly permission: AclPermissionType
}

/** Which rules are meant: those that agree in everything that is given. `{}` means all. */
export type AclFilter = { readonly [K in keyof AclBinding]?: AclBinding[K] | undefined }

/** Makes rules. Items are the rules. */
export function createAcls(
  context: AdminContext,
  bindings: readonly AclBinding[],
  options: CallOptions,
): Outcomes<AclBinding, undefined> {
  return exchange<AclBinding, undefined>(context, options, {
    what: 'CreateAcls',
    items: bindings,
    route: toAny(),
    async ask(target, bindings, settle, deadline) {
      const request = {
        creations: bindings.map(binding => ({
          resourceType: resourceTypes.indexOf(binding.resourceType),
          resourceName: binding.resourceName,
          resourcePatternType: patternTypes.indexOf(binding.patternType),
          principal: binding.principal,
          host: binding.host,
          operation: operationCode(binding.operation),
          permissionType: permissionTypes.indexOf(binding.permission),
        })),
      }
      const isLiteral = bindings.every(({ patternType }) => patternType === 'LITERAL')
      const limits = { timeoutMs: deadline.attemptMs(), minVersion: isLiteral ? 0 : 1 }
      const { results } = await context.cluster.send(CreateAcls, target, request, limits)
      for (const [index, { errorCode, errorMessage }] of results.entries())
        if (index < bindings.length) settle(bindings[index], doneOr(errorCode, errorMessage))
    },
  })
}

/** Rules that agree with a filter. */
export async function describeAcls(
  context: AdminContext,
  filter: AclFilter,
  options: CallOptions,
): Promise<AclBinding[]> {
  return single(context, 'DescribeAcls', options, async deadline => {
    const request = filterOf(filter)
    const limits = { timeoutMs: deadline.attemptMs(), minVersion: filterVersion(filter) }
    const response = await context.cluster.send(DescribeAcls, 'any', request, limits)
    throwIfError(response.errorCode, response.errorMessage)
    return response.resources.flatMap(resource =>
      resource.acls.map(acl => bindingOf({ ...resource, ...acl })),
    )
  })
}

/** A rule that a filter met: it was removed, or the error says why not. */
export type DeletedAcl = Outcome<AclBinding, undefined>

/** Removes the rules that agree with filters. Items are filters, values the rules each met. */
export function deleteAcls(
  context: AdminContext,
  filters: readonly AclFilter[],
  options: CallOptions,
): Outcomes<AclFilter, readonly DeletedAcl[]> {
  return exchange<AclFilter, readonly DeletedAcl[]>(context, options, {
    what: 'DeleteAcls',
    items: filters,
    route: toAny(),
    async ask(target, filters, settle, deadline) {
      const request = { filters: filters.map(filterOf) }
      const limits = { timeoutMs: deadline.attemptMs(), minVersion: Math.max(...filters.map(filterVersion)) }
      const { filterResults } = await context.cluster.send(DeleteAcls, target, request, limits)
      for (const [index, { errorCode, errorMessage, matchingAcls }] of filterResults.entries()) {
        if (index >= filters.length) break
        const deleted = matchingAcls.map((acl): DeletedAcl => {
          const item = bindingOf(acl)
          if (acl.errorCode === 'NONE') return { item, value: undefined }
          return { item, error: new KafkaError(acl.errorCode, acl.errorMessage ?? undefined) }
        })
        settle(filters[index], valueOr(deleted, errorCode, errorMessage))
      }
    },
  })
}

function filterOf(filter: AclFilter) {
  return {
    resourceTypeFilter: resourceTypes.indexOf(filter.resourceType ?? 'ANY'),
    resourceNameFilter: filter.resourceName ?? null,
    patternTypeFilter: patternTypes.indexOf(filter.patternType ?? 'ANY'),
    principalFilter: filter.principal ?? null,
    hostFilter: filter.host ?? null,
    operation: operationCode(filter.operation ?? 'ANY'),
    permissionType: permissionTypes.indexOf(filter.permission ?? 'ANY'),
  }
}

/** Before version 1 there were literal names only. */
function filterVersion({ patternType }: AclFilter): number {
  return patternType === 'LITERAL' ? 0 : 1
}

function bindingOf(acl: {
  readonly resourceType: number
  readonly resourceName: string
  readonly patternType: number
  readonly principal: string
  readonly host: string
  readonly operation: number
  readonly permissionType: number
}): AclBinding {
  return {
    resourceType: resourceTypes[acl.resourceType] ?? 'UNKNOWN',
    resourceName: acl.resourceName,
    patternType: patternTypes[acl.patternType] ?? 'UNKNOWN',
    principal: acl.principal,
    host: acl.host,
    operation: operationOf(acl.operation),
    permission: permissionTypes[acl.permissionType] ?? 'UNKNOWN',
  }
}
