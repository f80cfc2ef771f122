import { DescribeConfigs, IncrementalAlterConfigs, ListConfigResources } from '@samsa/protocol'
import { KafkaError } from '../errors.ts'
import { type ConfigEntry, configEntryOf } from './config-entry.ts'
import type { AdminContext, CallOptions } from './context.ts'
import { exchange } from './exchange.ts'
import type { Outcomes } from './results.ts'
import { type Router, toNodes } from './routing.ts'
import { doneOr, single, valueOr } from './single.ts'

/** Kinds of resources with a configuration, by their numbers on the wire. */
const resourceTypes = {
  TOPIC: 2,
  BROKER: 4,
  BROKER_LOGGER: 8,
  CLIENT_METRICS: 16,
  GROUP: 32,
} as const
export type ConfigResourceType = keyof typeof resourceTypes

/** Something with a configuration. A broker's name is its id; the empty name stands for all brokers. */
export interface ConfigResource {
  readonly type: ConfigResourceType
  readonly name: string
}

export interface DescribeConfigsOptions extends CallOptions {
  /** Only these keys. Default: all. */
  readonly keys?: readonly string[] | undefined
  /** Also tells the places a value may come from. */
  readonly includeSynonyms?: boolean | undefined
  readonly includeDocumentation?: boolean | undefined
}

/** The configurations of resources, by key. Items are resources. */
export function describeConfigs(
  context: AdminContext,
  resources: readonly ConfigResource[],
  options: DescribeConfigsOptions,
): Outcomes<ConfigResource, ReadonlyMap<string, ConfigEntry>> {
  return exchange<ConfigResource, ReadonlyMap<string, ConfigEntry>>(context, options, {
    what: 'DescribeConfigs',
    items: resources.map(({ type, name }) => ({ type, name })),
    route: toOwners(context),
    async ask(target, resources, settle, deadline) {
      const draft = (version: number) => ({
        resources: resources.map(({ type, name }) => ({
          resourceType: resourceTypes[type],
          resourceName: name,
          configurationKeys: options.keys ?? null,
        })),
        includeSynonyms: version >= 1 && (options.includeSynonyms ?? false),
        includeDocumentation: version >= 3 && (options.includeDocumentation ?? false),
      })
      const limits = { timeoutMs: deadline.attemptMs() }
      const { results } = await context.cluster.send(DescribeConfigs, target, draft, limits)
      for (const { resourceType, resourceName: name, configs, errorCode, errorMessage } of results) {
        const entries = new Map(configs.map(config => [config.name, configEntryOf(config)]))
        settle({ type: typeOf(resourceType), name }, valueOr(entries, errorCode, errorMessage))
      }
    },
  })
}

/** What is to change in the configuration of a resource; what is not named stays as it is. */
export interface ConfigChanges extends ConfigResource {
  readonly set?: Readonly<Record<string, string | number | boolean>> | undefined
  /** Back to the default. */
  readonly delete?: readonly string[] | undefined
  /** Adds to lists. */
  readonly append?: Readonly<Record<string, string | readonly string[]>> | undefined
  /** Takes out of lists. */
  readonly subtract?: Readonly<Record<string, string | readonly string[]>> | undefined
}

export interface AlterConfigsOptions extends CallOptions {
  /** Checks only, and changes nothing. */
  readonly validateOnly?: boolean | undefined
}

/** Changes configurations key by key (KIP-339). Items are resources. */
export function incrementalAlterConfigs(
  context: AdminContext,
  changes: readonly ConfigChanges[],
  options: AlterConfigsOptions,
): Outcomes<ConfigResource, undefined> {
  const keyOf = ({ type, name }: ConfigResource) => `${type}:${name}`
  const byResource = new Map(changes.map(change => [keyOf(change), change]))
  return exchange<ConfigResource, undefined>(context, options, {
    what: 'IncrementalAlterConfigs',
    items: [...byResource.values()].map(({ type, name }) => ({ type, name })),
    route: toOwners(context),
    async ask(target, resources, settle, deadline) {
      const request = {
        resources: resources.map(resource => ({
          resourceType: resourceTypes[resource.type],
          resourceName: resource.name,
          configs: operationsOf(byResource.get(keyOf(resource))!),
        })),
        validateOnly: options.validateOnly ?? false,
      }
      const limits = { timeoutMs: deadline.attemptMs() }
      const { responses } = await context.cluster.send(IncrementalAlterConfigs, target, request, limits)
      for (const { resourceType, resourceName: name, errorCode, errorMessage } of responses)
        settle({ type: typeOf(resourceType), name }, doneOr(errorCode, errorMessage))
    },
  })
}

interface Operation {
  name: string
  configOperation: number
  value: string | null
}

function operationsOf(changes: ConfigChanges): Operation[] {
  const of = (configOperation: number, values: Readonly<Record<string, unknown>> = {}) =>
    Object.entries(values).map(([name, value]) => ({ name, configOperation, value: String(value) }))
  return [
    ...of(0, changes.set),
    ...(changes.delete ?? []).map(name => ({ name, configOperation: 1, value: null })),
    ...of(2, changes.append),
    ...of(3, changes.subtract),
  ]
}

/** A broker answers for its own values and loggers, any broker for everything else. */
function toOwners(context: AdminContext): Router<ConfigResource> {
  return toNodes(context, ({ type, name }) => {
    if ((type !== 'BROKER' && type !== 'BROKER_LOGGER') || name === '') return 'any'
    const id = Number(name)
    if (Number.isInteger(id) && id >= 0) return id
    throw new KafkaError('INVALID_ARGUMENT', `'${name}' is no broker: the name of a broker is its id.`)
  })
}

/** All resources of some kinds that exist or have a configuration (KIP-1142). Default: of all kinds. */
export async function listConfigResources(
  context: AdminContext,
  types: readonly ConfigResourceType[],
  options: CallOptions,
): Promise<ConfigResource[]> {
  // Version 0 knows client metrics only, and does not say so in the request.
  const isMetricsOnly = types.length === 1 && types[0] === 'CLIENT_METRICS'
  return single(context, 'ListConfigResources', options, async deadline => {
    const draft = (version: number) =>
      version === 0 ? {} : { resourceTypes: types.map(type => resourceTypes[type]) }
    const limits = { timeoutMs: deadline.attemptMs(), minVersion: isMetricsOnly ? 0 : 1 }
    const response = await context.cluster.send(ListConfigResources, 'any', draft, limits)
    if (response.errorCode !== 'NONE') throw new KafkaError(response.errorCode)
    return response.configResources.map(({ resourceType, resourceName }) => ({
      type: typeOf(resourceType),
      name: resourceName,
    }))
  })
}

function typeOf(code: number): ConfigResourceType {
  const types = Object.keys(resourceTypes) as ConfigResourceType[]
  const type = types.find(type => resourceTypes[type] === code)
  if (type !== undefined) return type
  throw new KafkaError(
    'MALFORMED',
    `The broker names a kind of resource, ${code}, that this release does not know.`,
  )
}
