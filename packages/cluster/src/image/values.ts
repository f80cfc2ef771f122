import { MalformedError } from '@samsa/base'
import type { Entry, Json, JsonObject } from '../store/metadata-store.ts'

// What stands behind the keys. Values are written by this program only; reading checks them all the same, because a
// store outlives the program that wrote it.

/** `topics/<name>`: the brokers of each partition, the preferred leader first. */
export interface TopicValue {
  readonly topicId: string
  readonly assignment: readonly (readonly number[])[]
}

/** `partitions/<topic id>/<partition>`. */
export interface PartitionStateValue {
  /** Broker that leads; -1 for none. */
  readonly leader: number
  readonly leaderEpoch: number
  readonly isr: readonly number[]
  /** Counts every change of this partition. */
  readonly partitionEpoch: number
}

/** `brokers/<id>`, under the broker's lease. The revision it was registered at is the broker's epoch. */
export interface BrokerValue {
  readonly endpoints: readonly BrokerEndpoint[]
  readonly rack: string | null
  /** A fenced broker leads nothing and is given no new leaders. */
  readonly fenced: boolean
}

export interface BrokerEndpoint {
  readonly listener: string
  readonly host: string
  readonly port: number
}

/** `configs/…`: overrides by key, as text. */
export type ConfigValue = Readonly<Record<string, string>>

export function parseTopic(entry: Entry): TopicValue {
  const value = objectOf(entry)
  const { topicId, assignment } = value
  if (typeof topicId !== 'string' || !isAssignment(assignment)) throw malformed(entry)
  return { topicId, assignment }
}

export function parsePartitionState(entry: Entry): PartitionStateValue {
  const { leader, leaderEpoch, isr, partitionEpoch } = objectOf(entry)
  if (!isInteger(leader) || !isInteger(leaderEpoch) || !isInteger(partitionEpoch) || !isIntegers(isr)) {
    throw malformed(entry)
  }
  return { leader, leaderEpoch, isr, partitionEpoch }
}

export function parseBroker(entry: Entry): BrokerValue {
  const { endpoints, rack, fenced } = objectOf(entry)
  if (!Array.isArray(endpoints) || !endpoints.every(isEndpoint)) throw malformed(entry)
  return { endpoints, rack: typeof rack === 'string' ? rack : null, fenced: fenced === true }
}

export function parseConfig(entry: Entry): ConfigValue {
  const value = objectOf(entry)
  if (!Object.values(value).every(text => typeof text === 'string')) throw malformed(entry)
  return value as ConfigValue
}

export function parseText(entry: Entry): string {
  if (typeof entry.value !== 'string') throw malformed(entry)
  return entry.value
}

/** The first producer id that belongs to nobody yet. */
export function parseProducerIds(entry: Entry): number {
  const { next } = objectOf(entry)
  if (!isInteger(next)) throw malformed(entry)
  return next
}

function objectOf(entry: Entry): JsonObject {
  const { value } = entry
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(entry)
  return value as JsonObject
}

function isAssignment(value: Json | undefined): value is readonly (readonly number[])[] {
  return Array.isArray(value) && value.every(replicas => isIntegers(replicas) && replicas.length > 0)
}

function isIntegers(value: Json | undefined): value is readonly number[] {
  return Array.isArray(value) && value.every(isInteger)
}

function isInteger(value: Json | undefined): value is number {
  return Number.isSafeInteger(value)
}

function isEndpoint(value: Json): value is { listener: string; host: string; port: number } {
  const endpoint = value as JsonObject | null
  return typeof endpoint?.['listener'] === 'string' && typeof endpoint['host'] === 'string'
}

function malformed(entry: Entry): MalformedError {
  return new MalformedError(`the metadata store holds no valid value at ${entry.key}`)
}
