import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import { array, boolean, errorCode, int32, int64, uuid } from '../schema/field.ts'

/**
 * BrokerHeartbeat: a broker stays registered, asks to be unfenced or to shut down (KIP-631).
 *
 * v1 reports failed log directories (KIP-858), v2 those that take no new replicas (KIP-1066).
 */
export const BrokerHeartbeat = api({
  name: 'BrokerHeartbeat',
  key: 63,
  versions: [0, 2],
  flexible: 0,
  request: () => ({
    brokerId: int32,
    brokerEpoch: int64.default(-1),
    currentMetadataOffset: int64,
    wantFence: boolean,
    wantShutDown: boolean,
    offlineLogDirs: array(uuid).tagged(0, 1),
    cordonedLogDirs: array(uuid).nullable().default(null).tagged(1, 2),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    isCaughtUp: boolean.default(false),
    isFenced: boolean.default(true),
    shouldShutDown: boolean,
  }),
})
export interface BrokerHeartbeatRequest extends RequestOf<typeof BrokerHeartbeat> {}
export interface BrokerHeartbeatResponse extends ResponseOf<typeof BrokerHeartbeat> {}
