import {
  ApiVersions,
  type CompleteResponseOf,
  DescribeCluster,
  Metadata,
  UnregisterBroker,
  apis,
} from '@samsa/protocol'
import { KafkaError, throwIfError } from '../errors.ts'
import type { AdminContext, CallOptions, Deadline } from './context.ts'
import { exchange } from './exchange.ts'
import { type AclOperation, operationsOf } from './operations.ts'
import type { Outcomes } from './results.ts'
import { toNodes } from './routing.ts'
import { single, valueOr } from './single.ts'

/** A broker, or with `bootstrap.controllers` a controller, and where it is reached. */
export interface BrokerNode {
  readonly id: number
  readonly host: string
  readonly port: number
  readonly rack: string | undefined
  /** It may not lead partitions now. Told only with `includeFencedBrokers`. */
  readonly isFenced: boolean
}

/** The nodes of a cluster. */
export interface ClusterDescription {
  /** Undefined where the broker does not tell. */
  readonly clusterId: string | undefined
  readonly brokers: readonly BrokerNode[]
  /** Undefined while there is none. In KRaft brokers name one of themselves: whichever is asked passes requests on. */
  readonly controller: BrokerNode | undefined
  /** What the user may do with the cluster; undefined unless asked for. */
  readonly authorizedOperations: readonly AclOperation[] | undefined
}

export interface DescribeClusterOptions extends CallOptions {
  readonly includeAuthorizedOperations?: boolean | undefined
  /** Also tells brokers that are registered and may not lead now (KIP-1073). */
  readonly includeFencedBrokers?: boolean | undefined
}

/** The cluster's id and nodes. */
export async function describeCluster(
  context: AdminContext,
  options: DescribeClusterOptions,
): Promise<ClusterDescription> {
  return single(context, 'DescribeCluster', options, async deadline => {
    try {
      return await ask(context, options, deadline)
    } catch (error) {
      const isOld = error instanceof KafkaError && error.code === 'UNSUPPORTED'
      if (!isOld || options.includeFencedBrokers || context.nodes === 'controllers') throw error
      return askMetadata(context, options, deadline)
    }
  })
}

async function ask(
  { cluster, nodes }: AdminContext,
  options: DescribeClusterOptions,
  deadline: Deadline,
): Promise<ClusterDescription> {
  const authorized = options.includeAuthorizedOperations ?? false
  const fenced = options.includeFencedBrokers ?? false
  const ofControllers = nodes === 'controllers'
  const request = {
    includeClusterAuthorizedOperations: authorized,
    ...(ofControllers ? { endpointType: 2 } : {}),
    ...(fenced ? { includeFencedBrokers: true } : {}),
  }
  const limits = { timeoutMs: deadline.attemptMs(), minVersion: fenced ? 2 : ofControllers ? 1 : 0 }
  const response = await cluster.send(DescribeCluster, 'any', request, limits)
  throwIfError(response.errorCode, response.errorMessage)
  const brokers = response.brokers.map(broker => nodeOf({ ...broker, nodeId: broker.brokerId }))
  return {
    clusterId: response.clusterId,
    brokers,
    controller: brokers.find(({ id }) => id === response.controllerId),
    authorizedOperations: authorized ? operationsOf(response.clusterAuthorizedOperations) : undefined,
  }
}

/** Brokers before DescribeCluster (KIP-700). */
async function askMetadata(
  { cluster }: AdminContext,
  options: DescribeClusterOptions,
  deadline: Deadline,
): Promise<ClusterDescription> {
  const authorized = options.includeAuthorizedOperations ?? false
  const request = { topics: [], includeClusterAuthorizedOperations: authorized }
  const limits = { timeoutMs: deadline.attemptMs(), minVersion: authorized ? 8 : 1, maxVersion: 10 }
  const response = await cluster.send(Metadata, 'any', request, limits)
  const brokers = response.brokers.map(nodeOf)
  return {
    clusterId: response.clusterId ?? undefined,
    brokers,
    controller: brokers.find(({ id }) => id === response.controllerId),
    authorizedOperations: authorized ? operationsOf(response.clusterAuthorizedOperations) : undefined,
  }
}

/** A node of a response. */
export function nodeOf(node: {
  readonly nodeId: number
  readonly host: string
  readonly port: number
  readonly rack?: string | null | undefined
  readonly isFenced?: boolean
}): BrokerNode {
  return {
    id: node.nodeId,
    host: node.host,
    port: node.port,
    rack: node.rack ?? undefined,
    isFenced: node.isFenced ?? false,
  }
}

/** Forgets a broker that will not come back. */
export async function unregisterBroker(
  context: AdminContext,
  brokerId: number,
  options: CallOptions,
): Promise<void> {
  return single(context, 'UnregisterBroker', options, async deadline => {
    const limits = { timeoutMs: deadline.attemptMs() }
    const response = await context.cluster.send(UnregisterBroker, 'any', { brokerId }, limits)
    throwIfError(response.errorCode, response.errorMessage)
  })
}

/** The versions of an API that a broker speaks. */
export interface ApiVersionRange {
  readonly key: number
  /** Undefined for an API that this release does not know. */
  readonly name: string | undefined
  readonly minVersion: number
  readonly maxVersion: number
}

/** What each broker says it speaks. Items are broker ids. */
export function describeApiVersions(
  context: AdminContext,
  brokers: readonly number[],
  options: CallOptions,
): Outcomes<number, readonly ApiVersionRange[]> {
  return exchange<number, readonly ApiVersionRange[]>(context, options, {
    what: 'ApiVersions',
    items: brokers,
    route: toNodes(context, broker => broker),
    async ask(target, [broker], settle, deadline) {
      const response = await apiVersionsOf(context, target, deadline)
      const names = new Map(apis.map(api => [api.key, api.name]))
      const ranges = response.apiKeys.map(({ apiKey, minVersion, maxVersion }) => {
        return { key: apiKey, name: names.get(apiKey), minVersion, maxVersion }
      })
      settle(broker, valueOr(ranges, response.errorCode))
    },
  })
}

/** A node's answer to ApiVersions: the APIs and features it knows. */
export async function apiVersionsOf(
  { cluster }: AdminContext,
  target: number | 'any' | 'controller',
  deadline: Deadline,
): Promise<CompleteResponseOf<typeof ApiVersions>> {
  const request = { clientSoftwareName: 'samsa', clientSoftwareVersion: '1' }
  return cluster.send(ApiVersions, target, request, { timeoutMs: deadline.attemptMs() })
}
