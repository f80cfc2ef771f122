import type {
  ConfigChange,
  ConfigResource,
  ConfigSchema,
  Decision,
  MetadataImage,
  Outcome,
} from '@samsa/cluster'
import type { ErrorName } from '@samsa/protocol'
import type { RequestContext } from '../handler.ts'
import { mapInSteps } from '../steps.ts'
import { configSchema } from './check-config.ts'
import {
  type ResourceKind,
  type ResourceProblem,
  brokerResource,
  invalidRequest,
  isBrokerId,
  resourceKindOf,
} from './resource-type.ts'

/** One resource of an AlterConfigs or IncrementalAlterConfigs request. */
export interface AlteredResource {
  readonly resourceType: number
  readonly resourceName: string
  readonly configs: readonly { readonly name: string; readonly value: string | null }[]
}

/** More keys than any resource has; looking at each of them would take long. */
const KEYS_MAX = 2_000

export type Admitted = { readonly resource: ConfigResource } | ResourceProblem

/**
 * Admits a resource to be altered, before anything is looked at in the metadata: it is named once, its keys too, and a
 * broker is this one or all of them.
 *
 * @param needsNoValue whether a key may come without a value
 * @param options.hasLoggers whether the request may name the levels of loggers
 */
export function* admit<Altered extends AlteredResource>(
  resources: readonly Altered[],
  nodeId: number,
  needsNoValue: (config: Altered['configs'][number]) => boolean,
  options: { readonly hasLoggers: boolean },
): Generator<undefined, Admitted[]> {
  const counts = new Map<string, number>()
  for (const resource of resources) {
    counts.set(keyOf(resource), (counts.get(keyOf(resource)) ?? 0) + 1)
    yield
  }
  return yield* mapInSteps(resources, resource => {
    if (resource.configs.length > KEYS_MAX) return invalidRequest(`There are fewer than ${KEYS_MAX} keys.`)
    if (counts.get(keyOf(resource)) !== 1) return invalidRequest('Each resource must appear at most once.')
    const names = resource.configs.map(({ name }) => name)
    if (new Set(names).size < names.length) return invalidRequest('Error due to duplicate config keys')
    const unset = resource.configs.filter(config => config.value === null && !needsNoValue(config))
    if (unset.length > 0) {
      return invalidRequest(`Null value not supported for : ${unset.map(({ name }) => name).join(', ')}`)
    }
    const kind = resourceKindOf(resource.resourceType)
    return admitKind(resource, kind === 'broker-logger' && !options.hasLoggers ? undefined : kind, nodeId)
  })
}

function admitKind(resource: AlteredResource, kind: ResourceKind | undefined, nodeId: number): Admitted {
  const { resourceName: name } = resource
  switch (kind) {
    case undefined:
      return invalidRequest(`Unknown resource type ${resource.resourceType}`)
    case 'broker-logger': {
      const problem = otherBrokerProblem(name, nodeId)
      if (problem !== undefined) return problem
      const logger = resource.configs[0]?.name ?? ''
      return { error: 'INVALID_CONFIG', message: `Logger ${logger} does not exist! Set log.level at start.` }
    }
    case 'broker':
      if (name === '') return { resource: brokerResource(name) }
      return otherBrokerProblem(name, nodeId) ?? { resource: brokerResource(name) }
    default:
      return { resource: { type: kind, name } }
  }
}

/** Why what is to be altered is not this broker's, if it is not. */
function otherBrokerProblem(name: string, nodeId: number): ResourceProblem | undefined {
  if (!isBrokerId(name)) return invalidRequest(`Node id must be an integer, but it is: ${name}`)
  if (Number(name) === nodeId) return undefined
  return invalidRequest(`Unexpected broker id, expected ${nodeId}, but received ${name}`)
}

function keyOf({ resourceType, resourceName }: AlteredResource): string {
  return `${resourceType}/${resourceName}`
}

/** What an answer says of one resource. */
export interface AlteredAnswer {
  readonly errorCode: ErrorName
  readonly errorMessage: string | null
  readonly resourceType: number
  readonly resourceName: string
}

/**
 * Alters the resources that were admitted, together, and answers for all in the order of the request.
 *
 * @param whatOf what a resource is to become
 * @param decide makes the decision on all of it
 */
export async function alterAdmitted<Altered extends AlteredResource, What>(
  resources: readonly Altered[],
  admitted: readonly Admitted[],
  whatOf: (resource: Altered) => What,
  decide: (
    image: MetadataImage,
    changes: readonly ConfigChange<What>[],
    schema: ConfigSchema,
  ) => Decision<Outcome[]>,
  { config, metadata, pace }: Pick<RequestContext, 'config' | 'metadata' | 'pace'>,
): Promise<AlteredAnswer[]> {
  const changes: ConfigChange<What>[] = []
  for (const [at, one] of admitted.entries()) {
    if ('resource' in one) changes.push({ resource: one.resource, what: whatOf(resources[at]!) })
  }
  const schema = configSchema(config)
  const outcomes = await pace.inChunks(
    changes,
    ({ resource: { type, name } }) => `${type} ${name}`,
    chunk =>
      metadata.submitItems(
        image => decide(image, chunk, schema),
        outcome => chunk.map(() => outcome),
      ),
  )
  let decided = 0
  let at = 0
  return pace.map(admitted, one => {
    const { error, message } = 'error' in one ? one : outcomes[decided++]!
    const { resourceType, resourceName } = resources[at++]!
    return { errorCode: error, errorMessage: message, resourceType, resourceName }
  })
}
