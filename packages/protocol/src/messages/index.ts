import type { Api } from '../schema/api.ts'
import { ApiVersions } from './api-versions.ts'
import { CreateTopics } from './create-topics.ts'
import { Fetch } from './fetch.ts'
import { ListOffsets } from './list-offsets.ts'
import { Metadata } from './metadata.ts'
import { Produce } from './produce.ts'

/** Every API of the protocol, by key. */
export const apis: readonly Api[] = [Produce, Fetch, ListOffsets, Metadata, ApiVersions, CreateTopics]

const byKey = new Map(apis.map(api => [api.key, api]))

/** The API with a key; undefined when there is none. */
export function apiOf(key: number): Api | undefined {
  return byKey.get(key)
}

export * from './api-versions.ts'
export * from './create-topics.ts'
export * from './fetch.ts'
export * from './list-offsets.ts'
export * from './metadata.ts'
export * from './produce.ts'
