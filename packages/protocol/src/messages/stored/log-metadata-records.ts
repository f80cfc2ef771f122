import { int8, int16, int32, int64, string } from '../../schema/field.ts'
import { framedRecord } from '../../schema/framed-record.ts'

/**
 * The level at which the cluster runs a feature (KIP-584); 0 turns it off.
 */
export const FeatureLevelRecord = framedRecord({
  name: 'FeatureLevelRecord',
  type: 12,
  versions: [0, 0],
  fields: () => ({ name: string, featureLevel: int16 }),
})

/**
 * The first producer id that no broker has been given (KIP-730).
 */
export const ProducerIdsRecord = framedRecord({
  name: 'ProducerIdsRecord',
  type: 15,
  versions: [0, 0],
  fields: () => ({ brokerId: int32, brokerEpoch: int64.default(-1), nextProducerId: int64 }),
})

/**
 * The records up to the next end belong together (KIP-868).
 */
export const BeginTransactionRecord = framedRecord({
  name: 'BeginTransactionRecord',
  type: 23,
  versions: [0, 0],
  fields: () => ({ name: string.nullable().default(null).tagged(0, 0) }),
})

/**
 * What was begun last holds from here on (KIP-868).
 */
export const EndTransactionRecord = framedRecord({
  name: 'EndTransactionRecord',
  type: 24,
  versions: [0, 0],
  fields: () => ({}),
})

/**
 * What was begun last never holds (KIP-868).
 */
export const AbortTransactionRecord = framedRecord({
  name: 'AbortTransactionRecord',
  type: 25,
  versions: [0, 0],
  fields: () => ({ reason: string.nullable().default(null).tagged(0, 0) }),
})

/**
 * How far the cluster has come on its way from ZooKeeper (KIP-866).
 */
export const ZkMigrationStateRecord = framedRecord({
  name: 'ZkMigrationStateRecord',
  type: 21,
  versions: [0, 0],
  fields: () => ({ zkMigrationState: int8 }),
})

/**
 * Written when nothing else is, so that the end of the log moves (KIP-835).
 */
export const NoOpRecord = framedRecord({ name: 'NoOpRecord', type: 20, versions: [0, 0], fields: () => ({}) })
