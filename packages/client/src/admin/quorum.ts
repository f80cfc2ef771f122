import { ZERO_UUID } from '@samsa/base'
import { AddRaftVoter, type CompleteResponseOf, DescribeQuorum, RemoveRaftVoter } from '@samsa/protocol'
import { KafkaError, throwIfError } from '../errors.ts'
import type { AdminContext, CallOptions } from './context.ts'
import { single } from './single.ts'

/** A replica of the metadata log. */
export interface QuorumReplica {
  readonly id: number
  /** Undefined where the quorum does not know it. */
  readonly directoryId: string | undefined
  readonly logEndOffset: number
  /** Milliseconds since the epoch, on the leader's clock; undefined where not known. */
  readonly lastFetchTimestamp: number | undefined
  readonly lastCaughtUpTimestamp: number | undefined
}

/** Where a controller listens. */
export interface VoterEndpoint {
  /** The listener's name, such as CONTROLLER. */
  readonly name: string
  readonly host: string
  readonly port: number
}

/** The state of the quorum that holds the cluster's metadata (KIP-595). */
export interface QuorumDescription {
  readonly leaderId: number
  readonly leaderEpoch: number
  readonly highWatermark: number
  readonly voters: readonly QuorumReplica[]
  readonly observers: readonly QuorumReplica[]
  /** Where voters listen, by id; empty where the broker does not tell. */
  readonly nodes: ReadonlyMap<number, readonly VoterEndpoint[]>
}

const metadataTopic = '__cluster_metadata'

/** Describes the quorum that holds the cluster's metadata. */
export async function describeMetadataQuorum(
  context: AdminContext,
  options: CallOptions,
): Promise<QuorumDescription> {
  return single(context, 'DescribeQuorum', options, async deadline => {
    const request = { topics: [{ topicName: metadataTopic, partitions: [{ partitionIndex: 0 }] }] }
    const limits = { timeoutMs: deadline.attemptMs() }
    const response = await context.cluster.send(DescribeQuorum, 'any', request, limits)
    throwIfError(response.errorCode, response.errorMessage)
    const partition = response.topics[0]?.partitions[0]
    if (partition === undefined)
      throw new KafkaError('UNKNOWN_SERVER_ERROR', 'The broker tells nothing about its metadata quorum.')
    throwIfError(partition.errorCode, partition.errorMessage)
    return {
      leaderId: partition.leaderId,
      leaderEpoch: partition.leaderEpoch,
      highWatermark: partition.highWatermark,
      voters: partition.currentVoters.map(replicaOf),
      observers: partition.observers.map(replicaOf),
      nodes: new Map(response.nodes.map(({ nodeId, listeners }) => [nodeId, listeners])),
    }
  })
}

type ReplicaAnswer = CompleteResponseOf<
  typeof DescribeQuorum
>['topics'][number]['partitions'][number]['currentVoters'][number]

function replicaOf(replica: ReplicaAnswer): QuorumReplica {
  const { lastFetchTimestamp, lastCaughtUpTimestamp } = replica
  return {
    id: replica.replicaId,
    directoryId: replica.replicaDirectoryId === ZERO_UUID ? undefined : replica.replicaDirectoryId,
    logEndOffset: replica.logEndOffset,
    lastFetchTimestamp: lastFetchTimestamp < 0 ? undefined : lastFetchTimestamp,
    lastCaughtUpTimestamp: lastCaughtUpTimestamp < 0 ? undefined : lastCaughtUpTimestamp,
  }
}

export interface RaftVoterOptions extends CallOptions {
  /** Refuses when the cluster is another one. */
  readonly clusterId?: string | undefined
}

/** A controller that is to vote. */
export interface NewRaftVoter {
  readonly id: number
  readonly directoryId: string
  readonly endpoints: readonly VoterEndpoint[]
}

/** Adds a controller to the voters of the metadata quorum (KIP-853). */
export async function addRaftVoter(
  context: AdminContext,
  voter: NewRaftVoter,
  options: RaftVoterOptions,
): Promise<void> {
  return single(context, 'AddRaftVoter', options, async deadline => {
    const timeoutMs = deadline.attemptMs()
    const request = {
      clusterId: options.clusterId ?? null,
      timeoutMs,
      voterId: voter.id,
      voterDirectoryId: voter.directoryId,
      listeners: voter.endpoints,
    }
    const response = await context.cluster.send(AddRaftVoter, 'any', request, { timeoutMs })
    throwIfError(response.errorCode, response.errorMessage)
  })
}

/** Removes a controller from the voters of the metadata quorum (KIP-853). */
export async function removeRaftVoter(
  context: AdminContext,
  voter: { readonly id: number; readonly directoryId: string },
  options: RaftVoterOptions,
): Promise<void> {
  return single(context, 'RemoveRaftVoter', options, async deadline => {
    const request = {
      clusterId: options.clusterId ?? null,
      voterId: voter.id,
      voterDirectoryId: voter.directoryId,
    }
    const limits = { timeoutMs: deadline.attemptMs() }
    const response = await context.cluster.send(RemoveRaftVoter, 'any', request, limits)
    throwIfError(response.errorCode, response.errorMessage)
  })
}
