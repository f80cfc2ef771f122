import { type RequestOf, type ResponseOf, api } from '../schema/api.ts'
import {
  array,
  boolean,
  errorCode,
  int16,
  int32,
  int64,
  string,
  struct,
  uint16,
  uuid,
} from '../schema/field.ts'

/**
 * BrokerRegistration: a broker makes itself known to the controller and receives its epoch (KIP-631).
 *
 * v1 tells whether the broker is migrating from ZooKeeper (KIP-866), v2 its log directories (KIP-858), v3 its epoch
 * before a clean stop (KIP-966), v4 admits features that start at level 0.
 */
export const BrokerRegistration = api({
  name: 'BrokerRegistration',
  key: 62,
  versions: [0, 4],
  flexible: 0,
  request: () => ({
    brokerId: int32,
    clusterId: string,
    incarnationId: uuid,
    listeners: array(
      struct({
        name: string,
        host: string,
        port: uint16,
        securityProtocol: int16,
      }),
    ),
    features: array(
      struct({
        name: string,
        minSupportedVersion: int16,
        maxSupportedVersion: int16,
      }),
    ),
    rack: string.nullable(),
    isMigratingZkBroker: boolean.since(1).default(false),
    logDirs: array(uuid).since(2).default([]).ignorable(),
    previousBrokerEpoch: int64.since(3).default(-1).ignorable(),
  }),
  response: () => ({
    throttleTimeMs: int32.default(0),
    errorCode,
    brokerEpoch: int64.default(-1),
  }),
})
export interface BrokerRegistrationRequest extends RequestOf<typeof BrokerRegistration> {}
export interface BrokerRegistrationResponse extends ResponseOf<typeof BrokerRegistration> {}
