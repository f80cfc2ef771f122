import { DescribeCluster, type DescribeClusterResponse, type ErrorName } from '@samsa/protocol'
import { ALL_CLUSTER_OPERATIONS, NOT_ASKED } from '../authorized-operations.ts'
import { brokersFor } from '../brokers-for.ts'
import type { Handler } from '../handler.ts'

const BROKERS = 1
const CONTROLLERS = 2

/** DescribeCluster v0–2. Who is in the cluster (KIP-700); the controllers are not asked for here (KIP-919). */
export const describeCluster: Handler<typeof DescribeCluster> = {
  api: DescribeCluster,
  serve(request, context) {
    const { endpointType } = request
    if (endpointType === CONTROLLERS) {
      const message =
        'The request was sent to an endpoint of type BROKER, but we wanted an endpoint of type CONTROLLER'
      return refused('MISMATCHED_ENDPOINT_TYPE', message)
    }
    if (endpointType !== BROKERS) {
      return refused('UNSUPPORTED_ENDPOINT_TYPE', `Unsupported endpoint type ${endpointType}`)
    }
    const image = context.metadata.image()
    const brokers = brokersFor(context).map(({ nodeId, ...rest }) => ({
      brokerId: nodeId,
      ...rest,
      isFenced: image.broker(nodeId)?.fenced === true,
    }))
    const shown = brokers.filter(({ isFenced }) => request.includeFencedBrokers || !isFenced)
    const { controllerId } = context.metadata
    return {
      throttleTimeMs: 0,
      errorCode: 'NONE',
      errorMessage: null,
      endpointType: BROKERS,
      clusterId: image.clusterId ?? '',
      controllerId: shown.some(({ brokerId }) => brokerId === controllerId) ? controllerId : -1,
      brokers: shown,
      clusterAuthorizedOperations: request.includeClusterAuthorizedOperations
        ? ALL_CLUSTER_OPERATIONS
        : NOT_ASKED,
    }
  },
}

function refused(errorCode: ErrorName, errorMessage: string): DescribeClusterResponse {
  return {
    throttleTimeMs: 0,
    errorCode,
    errorMessage,
    endpointType: BROKERS,
    clusterId: '',
    controllerId: -1,
    brokers: [],
    clusterAuthorizedOperations: NOT_ASKED,
  }
}
