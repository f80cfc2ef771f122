import {
  array,
  boolean,
  int8,
  int16,
  int32,
  int64,
  string,
  struct,
  uint16,
  uuid,
} from '../../schema/field.ts'
import { framedRecord } from '../../schema/framed-record.ts'

/**
 * A broker that has made itself known to the controller (KIP-631).
 *
 * v1 tells whether it is about to stop, v2 whether it comes from ZooKeeper (KIP-866), v3 its log directories (KIP-858), v4
 * those that are to get no new replicas.
 */
export const RegisterBrokerRecord = framedRecord({
  name: 'RegisterBrokerRecord',
  type: 0,
  versions: [0, 4],
  fields: () => ({
    brokerId: int32,
    isMigratingZkBroker: boolean.since(2).default(false),
    incarnationId: uuid,
    brokerEpoch: int64,
    endPoints: array(struct({ name: string, host: string, port: uint16, securityProtocol: int16 })),
    features: array(struct({ name: string, minSupportedVersion: int16, maxSupportedVersion: int16 })),
    rack: string.nullable(),
    fenced: boolean.default(true),
    inControlledShutdown: boolean.since(1).default(false),
    logDirs: array(uuid).default([]).tagged(0, 3),
    cordonedLogDirs: array(uuid).nullable().default(null).tagged(1, 4),
  }),
})

/**
 * A broker that is no part of the cluster any more.
 */
export const UnregisterBrokerRecord = framedRecord({
  name: 'UnregisterBrokerRecord',
  type: 1,
  versions: [0, 0],
  fields: () => ({ brokerId: int32, brokerEpoch: int64 }),
})

/**
 * A broker that clients are kept away from. Later releases write `BrokerRegistrationChangeRecord`.
 */
export const FenceBrokerRecord = framedRecord({
  name: 'FenceBrokerRecord',
  type: 7,
  versions: [0, 0],
  fields: () => ({ id: int32, epoch: int64 }),
})

/**
 * A broker that clients are let to again. Later releases write `BrokerRegistrationChangeRecord`.
 */
export const UnfenceBrokerRecord = framedRecord({
  name: 'UnfenceBrokerRecord',
  type: 8,
  versions: [0, 0],
  fields: () => ({ id: int32, epoch: int64 }),
})

/**
 * What has changed about a registered broker: -1 and 1 turn a state off and on, 0 leaves it.
 *
 * v1 tells whether it is about to stop, v2 its log directories (KIP-858), v3 those that are to get no new replicas.
 */
export const BrokerRegistrationChangeRecord = framedRecord({
  name: 'BrokerRegistrationChangeRecord',
  type: 17,
  versions: [0, 3],
  fields: () => ({
    brokerId: int32,
    brokerEpoch: int64,
    fenced: int8.tagged(0, 0),
    inControlledShutdown: int8.default(0).tagged(1, 1),
    logDirs: array(uuid).default([]).tagged(2, 2),
    cordonedLogDirs: array(uuid).nullable().default(null).tagged(3, 3),
  }),
})

/**
 * A controller that has made itself known to the active one (KIP-919).
 */
export const RegisterControllerRecord = framedRecord({
  name: 'RegisterControllerRecord',
  type: 27,
  versions: [0, 0],
  fields: () => ({
    controllerId: int32,
    incarnationId: uuid,
    zkMigrationReady: boolean,
    endPoints: array(struct({ name: string, host: string, port: uint16, securityProtocol: int16 })),
    features: array(struct({ name: string, minSupportedVersion: int16, maxSupportedVersion: int16 })),
  }),
})
