import { ByteReader, MalformedError } from '@samsa/base'
import { type Group, metadataFor } from './group.ts'

/** Answers whether members of a group read a topic. */
export type Subscriptions = (topic: string) => boolean

const NOTHING: Subscriptions = () => false
const ANYTHING: Subscriptions = () => true

/**
 * What the members of the group read, as far as the coordinator can tell: it understands the metadata of protocol type
 * 'consumer'. Where it cannot read them, it assumes that every topic is in use. Costs one look at every member.
 */
export function subscriptionsOf(group: Group): Subscriptions {
  if (group.protocolType !== 'consumer' || group.members.size === 0) return NOTHING
  if (group.protocol === undefined) return ANYTHING
  const topics = new Set<string>()
  for (const member of group.members.values()) {
    const subscribed = subscribedTopics(metadataFor(member.protocols, group.protocol))
    if (subscribed === undefined) return ANYTHING
    for (const topic of subscribed) topics.add(topic)
  }
  return topic => topics.has(topic)
}

/**
 * The topics in a consumer's subscription; undefined when the bytes are not one.
 *
 * Every version starts as version 0 does, so the rest need not be understood:
 *
 *   version:2 │ topic count:4 │ (length:2 name)… │ …
 */
export function subscribedTopics(subscription: Uint8Array): string[] | undefined {
  try {
    const reader = new ByteReader(subscription)
    if (reader.int16() < 0) return undefined
    const count = reader.int32()
    if (count < 0) return undefined
    return Array.from({ length: Math.min(count, reader.remaining / 2 + 1) }, () =>
      reader.utf8(reader.uint16()),
    )
  } catch (error) {
    if (error instanceof MalformedError) return undefined
    throw error
  }
}
