import { ALL_BROKERS, type ConfigResource } from '@samsa/cluster'
import type { ErrorName } from '@samsa/protocol'

/** What a configuration belongs to, as its requests name the kinds. */
export type ResourceKind = ConfigResource['type'] | 'broker-logger'

const codes: Readonly<Record<ResourceKind, number>> = {
  topic: 2,
  broker: 4,
  'broker-logger': 8,
  'client-metrics': 16,
  group: 32,
}
const kinds = new Map(Object.entries(codes).map(([kind, code]) => [code, kind as ResourceKind]))

export function resourceKindOf(code: number): ResourceKind | undefined {
  return kinds.get(code)
}

export function codeOfResourceKind(kind: ResourceKind): number {
  return codes[kind]
}

/** Why a request about a resource cannot be served. */
export interface ResourceProblem {
  readonly error: ErrorName
  readonly message: string
}

export function invalidRequest(message: string): ResourceProblem {
  return { error: 'INVALID_REQUEST', message }
}

/** A broker's resource in the metadata: an empty name stands for all brokers. */
export function brokerResource(name: string): ConfigResource {
  return { type: 'broker', name: name === '' ? ALL_BROKERS : String(Number(name)) }
}

/** Whether a text is a number as Kafka's tools write broker ids. */
export function isBrokerId(text: string): boolean {
  return /^[+-]?\d{1,10}$/.test(text)
}
