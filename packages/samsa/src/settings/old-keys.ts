import type { Setting, SettingsWithNotices } from './setting.ts'

/** What became of a key that Kafka had once. */
interface OldKey {
  /** The key that took its place, with the same value. */
  readonly now?: string | readonly string[]
  /** Why it means nothing here. */
  readonly why?: string
  /** Its value is put into `listeners` or `advertised.listeners`. */
  readonly isListenerPart?: true
}

const noZooKeeper = 'Samsa needs no ZooKeeper'
const oneFormat = 'the newest message format is always used, and older clients are served too'
const automatic = 'this looks after itself'
const gone = 'Kafka removed it'

/** Keys of older Kafka releases that tutorials, images and properties files still carry. */
const oldKeys: Readonly<Record<string, OldKey>> = {
  port: { isListenerPart: true },
  'host.name': { isListenerPart: true },
  'advertised.port': { isListenerPart: true },
  'advertised.host.name': { isListenerPart: true },
  'delegation.token.master.key': { now: 'delegation.token.secret.key' },
  'log.message.timestamp.difference.max.ms': {
    now: ['log.message.timestamp.before.max.ms', 'log.message.timestamp.after.max.ms'],
  },
  'log.message.format.version': { why: oneFormat },
  'log.message.downconversion.enable': { why: oneFormat },
  'inter.broker.protocol.version': { why: oneFormat },
  'broker.id.generation.enable': { why: automatic },
  'reserved.broker.max.id': { why: automatic },
  'controlled.shutdown.max.retries': { why: automatic },
  'controlled.shutdown.retry.backoff.ms': { why: automatic },
  'leader.imbalance.per.broker.percentage': { why: automatic },
  'auto.include.jmx.reporter': { why: gone },
  'control.plane.listener.name': { why: gone },
  'eligible.leader.replicas.enable': { why: gone },
  'enable.zookeeper': { why: noZooKeeper },
  'group.coordinator.new.enable': { why: gone },
  'group.share.enable': { why: gone },
  'offsets.commit.required.acks': { why: gone },
  'password.encoder.cipher.algorithm': { why: gone },
  'password.encoder.iterations': { why: gone },
  'password.encoder.key.length': { why: gone },
  'password.encoder.keyfactory.algorithm': { why: gone },
  'password.encoder.old.secret': { why: gone },
  'password.encoder.secret': { why: gone },
  'producer.metrics.enable': { why: gone },
  'quota.consumer.default': { why: 'quotas are set per client, with kafka-configs' },
  'quota.producer.default': { why: 'quotas are set per client, with kafka-configs' },
  'replica.lag.max.messages': { why: gone },
  'sasl.mechanism.inter.broker.protocol.version': { why: gone },
}

export const oldKeyNames: ReadonlySet<string> = new Set(Object.keys(oldKeys))

/**
 * Puts what old keys say into the keys that took their place, unless those are set, and leaves out those that mean
 * nothing any more, with one notice for each reason.
 */
export function withoutOldKeys(settings: readonly Setting[]): SettingsWithNotices {
  const taken = new Set(settings.map(({ key }) => key))
  const kept: Setting[] = []
  const parts = new Map<string, Setting>()
  const reasons = new Map<string, string[]>()
  for (const setting of settings) {
    const old = oldKeyOf(setting.key)
    if (old === undefined) kept.push(setting)
    else if (old.isListenerPart) parts.set(setting.key, setting)
    else if (old.now !== undefined) kept.push(...renamed(setting, old.now, taken))
    else reasons.set(old.why!, [...(reasons.get(old.why!) ?? []), setting.key])
  }
  const listeners = listenersOfParts(kept, parts)
  return {
    settings: [...kept, ...listeners.settings],
    notices: [...listeners.notices, ...[...reasons].map(([why, keys]) => notUsed(keys, why))],
  }
}

function oldKeyOf(key: string): OldKey | undefined {
  if (key.startsWith('zookeeper.')) return { why: noZooKeeper }
  if (key.startsWith('confluent.')) return { why: "they are Confluent's own" }
  return Object.hasOwn(oldKeys, key) ? oldKeys[key] : undefined
}

function renamed(setting: Setting, now: string | readonly string[], taken: ReadonlySet<string>): Setting[] {
  return [now]
    .flat()
    .filter(key => !taken.has(key))
    .map(key => ({ ...setting, key }))
}

function notUsed(keys: readonly string[], why: string): string {
  return `Not used: ${keys.join(', ')} (${why}).`
}

/** `host.name` and `port`, `advertised.host.name` and `advertised.port`: one listener, as there was before 0.10. */
function listenersOfParts(
  settings: readonly Setting[],
  parts: ReadonlyMap<string, Setting>,
): SettingsWithNotices {
  const bound = [parts.get('host.name'), parts.get('port')]
  const advertised = [parts.get('advertised.host.name'), parts.get('advertised.port')]
  const isAdvertised = advertised.some(part => part !== undefined)
  const host = bound[0]?.text ?? (isAdvertised ? '0.0.0.0' : '127.0.0.1')
  const port = bound[1]?.text ?? '9092'
  const made = [
    partsAsListener('listeners', host, port, [...bound, ...advertised]),
    partsAsListener(
      'advertised.listeners',
      advertised[0]?.text ?? host,
      advertised[1]?.text ?? port,
      advertised,
    ),
  ].filter(setting => setting !== undefined)
  const taken = new Set(settings.map(({ key }) => key))
  return {
    settings: made.filter(({ key }) => !taken.has(key)),
    notices: made
      .filter(({ key }) => taken.has(key))
      .map(({ key, origin }) => `Not used: ${origin} (${key} is set).`),
  }
}

function partsAsListener(
  key: string,
  host: string,
  port: string,
  parts: readonly (Setting | undefined)[],
): Setting | undefined {
  const origins = parts.filter(part => part !== undefined).map(part => part.origin)
  if (origins.length === 0) return undefined
  return { key, text: `PLAINTEXT://${bracketed(host)}:${port}`, origin: origins.join(', ') }
}

/** An IPv6 address stands in brackets. */
export function bracketed(host: string): string {
  return host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
}
