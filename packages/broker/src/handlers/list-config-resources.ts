import { ListConfigResources, type ListConfigResourcesResponse } from '@samsa/protocol'
import { type ResourceKind, codeOfResourceKind, resourceKindOf } from '../config-resources/resource-type.ts'
import type { Handler, RequestContext } from '../handler.ts'

/** In the order in which Apache Kafka lists them. */
const kinds: readonly ResourceKind[] = ['group', 'client-metrics', 'broker-logger', 'broker', 'topic']

/**
 * ListConfigResources v0–1. What configuration can belong to (KIP-1142): all topics and brokers, and the groups and
 * subscriptions to clients' metrics that have one. v0 knows the last only (KIP-714).
 */
export const listConfigResources: Handler<typeof ListConfigResources> = {
  api: ListConfigResources,
  serve({ resourceTypes }, context) {
    const wanted = context.apiVersion === 0 ? [codeOfResourceKind('client-metrics')] : resourceTypes
    if (wanted.some(code => resourceKindOf(code) === undefined)) return answer('UNSUPPORTED_VERSION', [])
    const listed =
      wanted.length === 0 ? kinds : kinds.filter(kind => wanted.includes(codeOfResourceKind(kind)))
    const configResources = listed.flatMap(kind => {
      const resourceType = codeOfResourceKind(kind)
      return namesOf(kind, context).map(resourceName => ({ resourceName, resourceType }))
    })
    return answer('NONE', configResources)
  },
}

function namesOf(kind: ResourceKind, { metadata }: RequestContext): readonly string[] {
  const image = metadata.image()
  switch (kind) {
    case 'topic':
      return image.sortedTopicNames()
    case 'broker':
    case 'broker-logger':
      return image.brokers().map(({ id }) => String(id))
    case 'group':
    case 'client-metrics':
      return image.configuredNames(kind)
  }
}

function answer(
  errorCode: ListConfigResourcesResponse['errorCode'],
  configResources: ListConfigResourcesResponse['configResources'],
): ListConfigResourcesResponse {
  return { throttleTimeMs: 0, errorCode, configResources }
}
