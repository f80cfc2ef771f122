import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int8, int32, string, struct } from '../schema/field.ts'

/**
 * DescribeCluster: the brokers or controllers of the cluster (KIP-700).
 *
 * v1 asks for one of the two kinds (KIP-919), v2 can include fenced brokers (KIP-1073).
 */
export const DescribeCluster = api({
  name: 'DescribeCluster',
  key: 60,
  versions: [0, 2],
  flexible: 0,
  request: () => ({
    includeClusterAuthorizedOperations: boolean,
    endpointType: int8.since(1).default(1),
    includeFencedBrokers: boolean.since(2).default(false),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    errorMessage: string.nullable().default(null),
    endpointType: int8.since(1).default(1),
    clusterId: string,
    controllerId: int32.default(-1),
    brokers: array(
      struct({
        brokerId: int32,
        host: string,
        port: int32,
        rack: string.nullable().default(null),
        isFenced: boolean.since(2).default(false),
      }),
    ),
    clusterAuthorizedOperations: int32.default(-2147483648),
  }),
})
export interface DescribeClusterRequest extends RequestOf<typeof DescribeCluster> {}
export interface DescribeClusterResponse extends ResponseOf<typeof DescribeCluster> {}
