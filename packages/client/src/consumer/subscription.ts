import type { Cluster } from '../cluster/index.ts'
import { KafkaError } from '../errors.ts'

/** A pattern the broker matches topics with (KIP-848): RE2 syntax, and the whole name has to match. */
export interface BrokerPattern {
  readonly pattern: string
}

/** What to read: topics by name, those whose names match, or partitions of the application's choice. */
export type Subscription =
  | { readonly kind: 'none' }
  | { readonly kind: 'assigned' }
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'expression'; readonly expression: RegExp }
  | { readonly kind: 'pattern'; readonly pattern: string }

/**
 * The subscription to topics as an application names them.
 *
 * @param isNew whether the group's protocol is the one of KIP-848
 * @throws KafkaError INVALID_ARGUMENT for a pattern that only brokers of that protocol match
 */
export function subscriptionTo(
  topics: readonly string[] | RegExp | BrokerPattern,
  isNew: boolean,
): Subscription {
  if (topics instanceof RegExp) return { kind: 'expression', expression: topics }
  if (Array.isArray(topics)) return { kind: 'names', names: [...new Set(topics as readonly string[])] }
  if (isNew) return { kind: 'pattern', pattern: (topics as BrokerPattern).pattern }
  const message =
    'Patterns that the broker matches need group.protocol=consumer. Give a RegExp to match here.'
  throw new KafkaError('INVALID_ARGUMENT', message)
}

/** Names of topics a subscription means, as far as they are known. */
export function topicsOf(
  subscription: Subscription,
  cluster: Cluster,
  excludeInternal: boolean,
): readonly string[] {
  switch (subscription.kind) {
    case 'names':
      return subscription.names
    case 'expression':
      return matching(subscription.expression, cluster, excludeInternal)
    default:
      return []
  }
}

function matching(expression: RegExp, { metadata }: Cluster, excludeInternal: boolean): string[] {
  const names = metadata.topicNames().filter(name => {
    // A global or sticky expression remembers where it stopped.
    expression.lastIndex = 0
    if (!expression.test(name)) return false
    return !(excludeInternal && metadata.topic(name)?.isInternal === true)
  })
  return names.sort()
}
