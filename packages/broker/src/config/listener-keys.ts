import { type ConfigProblem, nearestName, rowOf } from '@samsa/base'
import { brokerConfig } from './broker-config.ts'

// `listener.name.<listener>.<key>` sets a key for one listener (KIP-103), its name in lower case. A mechanism may stand
// before a key of SASL: `listener.name.<listener>.plain.sasl.jaas.config` (KIP-226).
const PREFIX = 'listener.name.'
const LISTENER_KEY = /^listener\.name\.([^.]+)\.(?:[^.]+\.(?=sasl\.))?(.+)$/

/** A key of one listener, taken apart. */
export interface ListenerKey {
  /** The listener's name as the key has it. */
  readonly listener: string
  /** The key it sets there. */
  readonly key: string
}

/** Takes a key apart; undefined for one that is not for one listener. */
export function parseListenerKey(name: string): ListenerKey | undefined {
  const match = LISTENER_KEY.exec(name)
  return match === null ? undefined : { listener: match[1]!, key: match[2]! }
}

/** The key without what limits it to one listener. */
export function withoutListener(name: string): string {
  return parseListenerKey(name)?.key ?? name
}

const perListener: ReadonlySet<string> = new Set([
  'connections.max.reauth.ms',
  'max.connection.creation.rate',
  'max.connections',
  'num.network.threads',
  'principal.builder.class',
  ...Object.keys(brokerConfig).filter(key => /^(ssl|sasl)\./.test(key)),
])

/** The texts that are given for one listener, by the keys they set there. */
export function textsOfListener(
  texts: Readonly<Record<string, string>>,
  listener: string,
): Record<string, string> {
  const own: Record<string, string> = {}
  for (const [name, text] of Object.entries(texts)) {
    if (!name.startsWith(PREFIX)) continue
    const parsed = parseListenerKey(name)
    if (parsed?.listener === listener.toLowerCase() && perListener.has(parsed.key)) own[parsed.key] = text
  }
  return own
}

/**
 * Why a key for one listener sets nothing: it has another form, there is no such listener, or its last part is no key
 * that a listener may have of its own. Undefined when it is fine.
 *
 * @param listeners names of all listeners, those for controllers included
 */
export function listenerKeyProblem(
  name: string,
  text: string,
  listeners: readonly string[],
): ConfigProblem | undefined {
  if (!name.startsWith(PREFIX)) return undefined
  const parsed = parseListenerKey(name)
  const problem = (message: string, nearest?: string): ConfigProblem => ({
    kind: 'unknown-key',
    key: name,
    text,
    message,
    ...(nearest !== undefined && { nearest }),
  })
  if (parsed === undefined) return problem(`'${name}' sets nothing: write ${PREFIX}<listener>.<key>.`)
  const { listener, key } = parsed
  const names = listeners.map(one => one.toLowerCase())
  if (!names.includes(listener)) {
    const nearest = nearestName(listener, names) ?? names.find(one => one === listener.toLowerCase())
    const told = `'${name}' is for a listener that there is not (there are: ${names.join(', ')}), and is ignored.`
    return problem(told, nearest === undefined ? undefined : name.replace(listener, nearest))
  }
  if (perListener.has(key)) return undefined
  if (rowOf(brokerConfig, key) !== undefined)
    return problem(`'${name}' is ignored: ${key} is the same for all listeners. Set '${key}'.`)
  const nearest = nearestName(key, perListener)
  const told = `'${name}' is ignored: ${key} is no key of a listener.`
  return problem(told, nearest === undefined ? undefined : name.slice(0, -key.length) + nearest)
}
