import { type ConfigResource, topicNameProblem } from '@samsa/cluster'
import { DescribeConfigs, type DescribeConfigsRequest, type DescribeConfigsResponse } from '@samsa/protocol'
import {
  type DescribedKey,
  configSource,
  describeBrokerConfig,
  describeBrokerDefaults,
  describeClientMetricsConfig,
  describeGroupConfig,
  describeTopicConfig,
} from '../config-resources/describe-config.ts'
import {
  type ResourceProblem,
  invalidRequest,
  isBrokerId,
  resourceKindOf,
} from '../config-resources/resource-type.ts'
import type { ConfigTexts } from '../config/live-config.ts'
import type { Handler, RequestContext } from '../handler.ts'
import { whenAnswered } from '../when-answered.ts'

type Resource = DescribeConfigsRequest['resources'][number]
type Result = DescribeConfigsResponse['results'][number]
type Described = { readonly keys: readonly DescribedKey[] } | ResourceProblem

/** DescribeConfigs v0–4. Values with their sources, types, synonyms (KIP-226) and documentation (KIP-569). */
export const describeConfigs: Handler<typeof DescribeConfigs> = {
  api: DescribeConfigs,
  serve(request, context) {
    const unknown = request.resources.find(({ resourceType }) => resourceKindOf(resourceType) === undefined)
    const describeTopic = topicDescriber(context)
    const configsOf = configsMaker(request, context.apiVersion)
    const results = context.pace.map(request.resources, resource => {
      const described =
        unknown === undefined
          ? describe(resource, context, describeTopic)
          : invalidRequest(
              `Unexpected resource type ${unknown.resourceType} for resource ${unknown.resourceName}`,
            )
      return answer(resource, described, configsOf)
    })
    return whenAnswered(results, results => ({ throttleTimeMs: 0, results }))
  },
}

/** Topics are mostly configured alike: each configuration is described once in a request. */
function topicDescriber({ config }: RequestContext): (overrides: ConfigTexts) => readonly DescribedKey[] {
  const described = new Map<string, readonly DescribedKey[]>()
  return overrides => {
    const text = JSON.stringify(overrides)
    const known = described.get(text) ?? describeTopicConfig(overrides, config)
    described.set(text, known)
    return known
  }
}

function describe(
  { resourceType, resourceName: name }: Resource,
  context: RequestContext,
  describeTopic: (overrides: ConfigTexts) => readonly DescribedKey[],
): Described {
  const { config, metadata } = context
  const overrides = (type: ConfigResource['type']) => metadata.image().config({ type, name }).entries
  switch (resourceKindOf(resourceType)!) {
    case 'topic': {
      const problem = topicNameProblem(name)
      if (problem !== undefined) return { error: 'INVALID_TOPIC_EXCEPTION', message: problem }
      if (metadata.image().topic(name) === undefined)
        return { error: 'UNKNOWN_TOPIC_OR_PARTITION', message: `The topic '${name}' does not exist.` }
      return { keys: describeTopic(overrides('topic')) }
    }
    case 'broker':
      if (name === '') return { keys: describeBrokerDefaults(config) }
      return brokerProblem(name, context, ' or empty string, but') ?? { keys: describeBrokerConfig(config) }
    case 'broker-logger':
      if (name === '') return invalidRequest('Broker id must not be empty')
      return brokerProblem(name, context, ' but') ?? { keys: [] }
    case 'client-metrics':
      if (name === '') return invalidRequest('Client metrics subscription name must not be empty')
      return { keys: describeClientMetricsConfig(overrides('client-metrics')) }
    case 'group':
      if (name === '') return invalidRequest('Group name must not be empty')
      return { keys: describeGroupConfig(overrides('group'), config) }
  }
}

function brokerProblem(name: string, { config }: RequestContext, but: string): Described | undefined {
  if (!isBrokerId(name)) return invalidRequest(`Broker id must be an integer, but it is: ${name}`)
  const nodeId = config.get('node.id')
  if (Number(name) === nodeId) return undefined
  return invalidRequest(`Unexpected broker id, expected ${nodeId}${but} received ${name}`)
}

type Configs = Result['configs']

/** Makes the answer's entries of what was described; the same ones for what was described once and is asked for alike. */
function configsMaker(request: DescribeConfigsRequest, apiVersion: number) {
  const made = new Map<readonly DescribedKey[], Map<string, Configs>>()
  return (keys: readonly DescribedKey[], names: readonly string[] | null): Configs => {
    const ofKeys = made.get(keys) ?? new Map<string, Configs>()
    made.set(keys, ofKeys)
    const text = JSON.stringify(names)
    // An empty list of keys asks for all, as null does.
    const wanted = new Set(names)
    const configs =
      ofKeys.get(text) ??
      keys
        .filter(({ name }) => wanted.size === 0 || wanted.has(name))
        .map(key => configOf(key, request, apiVersion))
    ofKeys.set(text, configs)
    return configs
  }
}

function answer(
  resource: Resource,
  described: Described,
  configsOf: (keys: readonly DescribedKey[], names: readonly string[] | null) => Configs,
): Result {
  const { resourceType, resourceName } = resource
  if ('error' in described) {
    const { error: errorCode, message: errorMessage } = described
    return { errorCode, errorMessage, resourceType, resourceName, configs: [] }
  }
  const configs = configsOf(described.keys, resource.configurationKeys)
  return { errorCode: 'NONE', errorMessage: '', resourceType, resourceName, configs }
}

function configOf(
  key: DescribedKey,
  request: DescribeConfigsRequest,
  apiVersion: number,
): Result['configs'][number] {
  return {
    name: key.name,
    value: key.value,
    readOnly: key.isReadOnly,
    isDefault: apiVersion === 0 && key.source === configSource.DEFAULT,
    configSource: key.source,
    isSensitive: key.isSensitive,
    synonyms: request.includeSynonyms ? key.synonyms.map(synonym => ({ ...synonym })) : [],
    configType: key.type,
    documentation: request.includeDocumentation ? key.documentation : null,
  }
}
