import type { AclOperation, AclPatternType, AclPermissionType, AclResourceType } from '@samsa/client'
import { FailedError } from '../command/command.ts'
import { ToolUsageError } from '../command/kafka-tool.ts'

/** Resources that a rule is about. */
export interface AclResource {
  readonly resourceType: AclResourceType
  readonly resourceName: string
  readonly patternType: AclPatternType
}

/** Who may, or may not, do what from where. */
export interface AclEntry {
  readonly principal: string
  readonly host: string
  readonly operation: AclOperation
  readonly permission: AclPermissionType
}

/** Rules by resource; no rule stands for all there are. */
export interface AclGroup {
  readonly resource: AclResource
  readonly entries: readonly AclEntry[]
}

/** What the options say. */
export interface AclRequest {
  readonly topics: readonly string[]
  readonly groups: readonly string[]
  readonly transactionalIds: readonly string[]
  readonly delegationTokens: readonly string[]
  readonly userPrincipals: readonly string[]
  readonly isCluster: boolean
  readonly isIdempotent: boolean
  readonly patternType: AclPatternType
  readonly operations: readonly string[]
  readonly allowPrincipals: readonly string[]
  readonly denyPrincipals: readonly string[]
  readonly allowHosts: readonly string[]
  readonly denyHosts: readonly string[]
  readonly isProducer: boolean
  readonly isConsumer: boolean
}

const clusterResource: AclResource = {
  resourceType: 'CLUSTER',
  resourceName: 'kafka-cluster',
  patternType: 'LITERAL',
}

/** The operations that rules on each kind of resource may name, beside ALL. */
const supported: Partial<Record<AclResourceType, readonly AclOperation[]>> = {
  TOPIC: ['READ', 'WRITE', 'CREATE', 'DELETE', 'ALTER', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'],
  GROUP: ['READ', 'DELETE', 'DESCRIBE', 'DESCRIBE_CONFIGS', 'ALTER_CONFIGS'],
  CLUSTER: [
    'CREATE',
    'ALTER',
    'DESCRIBE',
    'CLUSTER_ACTION',
    'DESCRIBE_CONFIGS',
    'ALTER_CONFIGS',
    'IDEMPOTENT_WRITE',
  ],
  TRANSACTIONAL_ID: ['WRITE', 'DESCRIBE', 'TWO_PHASE_COMMIT'],
  DELEGATION_TOKEN: ['DESCRIBE'],
  USER: ['CREATE_TOKENS', 'DESCRIBE_TOKENS'],
}

/** All operations by the names of the command line: `Read`, `DescribeConfigs`. */
const operations: readonly AclOperation[] = [
  ...new Set<AclOperation>(['ANY', 'ALL', ...Object.values(supported).flat()]),
]

/** An operation by its name; UNKNOWN when there is none. */
function operationNamed(name: string): AclOperation {
  const wanted = name.trim().toLowerCase()
  return operations.find(operation => operation.replaceAll('_', '').toLowerCase() === wanted) ?? 'UNKNOWN'
}

/** The resources that are named. */
export function resourcesOf(request: AclRequest): AclResource[] {
  const { patternType } = request
  const named = (resourceType: AclResourceType, names: readonly string[]) =>
    names.map(name => ({ resourceType, resourceName: name.trim(), patternType }))
  const isCluster = patternType === 'LITERAL' && (request.isCluster || request.isIdempotent)
  return [
    ...named('TOPIC', request.topics),
    ...(isCluster ? [clusterResource] : []),
    ...named('GROUP', request.groups),
    ...named('TRANSACTIONAL_ID', request.transactionalIds),
    ...named('DELEGATION_TOKEN', request.delegationTokens),
    ...named('USER', request.userPrincipals),
  ]
}

/** The rules that are meant, by resource. Throws `ToolUsageError`, and `FailedError` for a wrong principal. */
export function planOf(request: AclRequest): AclGroup[] {
  const resources = resourcesOf(request)
  if (resources.length === 0) {
    throw new ToolUsageError(
      'You must provide at least one resource: --topic <topic> or --cluster or --group <group> or --delegation-token <Delegation Token ID>',
    )
  }
  const plan = merged(
    request.isProducer || request.isConsumer
      ? [...producerRules(request, resources), ...consumerRules(request, resources)]
      : resources.map(resource => ({
          resource,
          entries: entriesOf(request, request.operations.map(operationNamed)),
        })),
  )
  for (const group of plan) checkOperations(group)
  return plan
}

function producerRules(request: AclRequest, resources: readonly AclResource[]): AclGroup[] {
  if (!request.isProducer) return []
  const idempotent = entriesOf(request, ['IDEMPOTENT_WRITE'])
  return [
    ...rulesOn(resources, 'TOPIC', entriesOf(request, ['WRITE', 'DESCRIBE', 'CREATE'])),
    ...rulesOn(resources, 'TRANSACTIONAL_ID', entriesOf(request, ['WRITE', 'DESCRIBE'])),
    ...(request.isIdempotent ? [{ resource: clusterResource, entries: idempotent }] : []),
  ]
}

function consumerRules(request: AclRequest, resources: readonly AclResource[]): AclGroup[] {
  if (!request.isConsumer) return []
  return [
    ...rulesOn(resources, 'TOPIC', entriesOf(request, ['READ', 'DESCRIBE'])),
    ...rulesOn(resources, 'GROUP', entriesOf(request, ['READ'])),
  ]
}

function rulesOn(
  resources: readonly AclResource[],
  type: AclResourceType,
  entries: readonly AclEntry[],
): AclGroup[] {
  return resources
    .filter(({ resourceType }) => resourceType === type)
    .map(resource => ({ resource, entries }))
}

/** One group a resource, without repetitions. */
function merged(groups: readonly AclGroup[]): AclGroup[] {
  const byResource = new Map<string, Map<string, AclEntry>>()
  const found = new Map<string, AclResource>()
  for (const { resource, entries } of groups) {
    const key = JSON.stringify(Object.values(resource))
    found.set(key, resource)
    const known = byResource.get(key) ?? new Map<string, AclEntry>()
    for (const entry of entries) known.set(JSON.stringify(Object.values(entry)), entry)
    byResource.set(key, known)
  }
  return [...byResource].map(([key, entries]) => ({
    resource: found.get(key)!,
    entries: [...entries.values()],
  }))
}

function entriesOf(request: AclRequest, wanted: readonly AclOperation[]): AclEntry[] {
  const of = (permission: AclPermissionType, principals: readonly string[], hosts: readonly string[]) =>
    principals.map(checkedPrincipal).flatMap(principal =>
      wanted.flatMap(operation =>
        (hosts.length === 0 ? ['*'] : hosts).map(host => {
          return { principal, host: host.trim(), operation, permission }
        }),
      ),
    )
  return [
    ...of('ALLOW', request.allowPrincipals, request.allowHosts),
    ...of('DENY', request.denyPrincipals, request.denyHosts),
  ]
}

/** `User:alice`. Throws `FailedError` when there is no type before a colon. */
export function checkedPrincipal(given: string): string {
  const principal = given.trim()
  if (principal.includes(':')) return principal
  throw new FailedError(`expected a string in format principalType:principalName but got ${principal}`)
}

function checkOperations({ resource, entries }: AclGroup): void {
  const valid = [...(supported[resource.resourceType] ?? []), 'ALL']
  if (entries.every(({ operation }) => valid.includes(operation))) return
  throw new ToolUsageError(
    `ResourceType ${resource.resourceType} only supports operations [${valid.join(', ')}]`,
  )
}
