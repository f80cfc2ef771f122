import type { Address, ConfigProblem } from '@samsa/base'
import type { BrokerConfig } from './broker-config.ts'

/** The security protocols Kafka knows, and those this version of Samsa serves. */
const knownProtocols = ['PLAINTEXT', 'SSL', 'SASL_PLAINTEXT', 'SASL_SSL']
const servedProtocols = ['PLAINTEXT']

/** One listener as configured. */
export interface ListenerConfig {
  /** Upper case, as Kafka normalises it. */
  readonly name: string
  readonly securityProtocol: string
  /** Where to listen. An empty host is every interface of both families, port 0 any free port. */
  readonly address: Address
  /** What clients are told. Port 0 stands for the port that was found. */
  readonly advertised: Address
  /**
   * Nothing says under which name clients reach this listener, which is open on every interface: `advertised.host`
   * is the machine's own name, and the address a client came to is a better answer to it.
   */
  readonly isAdvertisedAsReached: boolean
}

export interface ListenersConfig {
  readonly listeners: readonly ListenerConfig[]
  /** Name of the listener brokers use among themselves. */
  readonly interBroker: string
  /** Names of listeners for controllers, which Samsa does not open. */
  readonly notOpened: readonly string[]
  readonly problems: readonly ConfigProblem[]
}

type ListenerKeys = Pick<
  BrokerConfig,
  | 'listeners'
  | 'advertised.listeners'
  | 'listener.security.protocol.map'
  | 'controller.listener.names'
  | 'inter.broker.listener.name'
  | 'security.inter.broker.protocol'
>

/**
 * Puts the keys that speak of listeners together, by Kafka's rules (KIP-103), and finds what contradicts.
 *
 * Kinder than Kafka where nothing is ambiguous: one port may serve several addresses, a listener missing from
 * `advertised.listeners` is advertised as itself, and without a listener of the inter-broker protocol the first
 * one serves brokers too.
 *
 * @param machineName asked for what to advertise for a listener that is open on every interface
 */
export function listenersOf(config: ListenerKeys, machineName: () => string): ListenersConfig {
  const problems: ConfigProblem[] = []
  const controllers = new Set(config['controller.listener.names'].map(normalised))
  const protocols = protocolMap(config['listener.security.protocol.map'], problems)
  const parsed = parseEndpoints('listeners', config.listeners, problems)
  const open = parsed.filter(({ name }) => !controllers.has(name))
  const advertised = advertisedOf(config, parsed, controllers, problems)
  checkAddresses(open, problems)

  const listeners = open.map(endpoint => ({
    name: endpoint.name,
    securityProtocol: protocolOf(endpoint, protocols, problems),
    address: { host: endpoint.host, port: endpoint.port },
    ...advertisedAs(endpoint, advertised.get(endpoint.name), machineName),
  }))
  if (parsed.length > 0 && open.length === 0) problems.push(noneForClients(config.listeners))
  return {
    listeners,
    interBroker: interBrokerOf(config, listeners, problems),
    notOpened: parsed.filter(({ name }) => controllers.has(name)).map(({ name }) => name),
    problems,
  }
}

/** Names of all listeners, those for controllers included. */
export function listenerNames({ listeners }: Pick<BrokerConfig, 'listeners'>): string[] {
  return listeners.map(text => normalised(text.split('://')[0]!))
}

interface Endpoint extends Address {
  readonly name: string
  readonly text: string
}

function parseEndpoints(key: string, texts: readonly string[], problems: ConfigProblem[]): Endpoint[] {
  const endpoints: Endpoint[] = []
  for (const text of texts) {
    const endpoint = parseEndpoint(text)
    if (endpoint === undefined) problems.push(notAnEndpoint(key, text))
    else if (endpoints.some(({ name }) => name === endpoint.name)) problems.push(sameName(key, endpoint))
    else endpoints.push(endpoint)
  }
  return endpoints
}

/** `NAME://host:port`; the host may be empty, and an IPv6 address stands in brackets. */
function parseEndpoint(text: string): Endpoint | undefined {
  const match = /^([^:/]+):\/\/(?:\[([0-9a-fA-F:.%]+)\]|([0-9a-zA-Z\-%._]*)):(\d{1,5})$/.exec(text)
  if (match === null) return undefined
  const [, name, ipv6, host, port] = match
  if (Number(port) > 65_535) return undefined
  return { name: normalised(name!), host: ipv6 ?? host!, port: Number(port), text }
}

function normalised(name: string): string {
  return name.trim().toUpperCase()
}

function protocolMap(text: string, problems: ConfigProblem[]): Map<string, string> {
  const protocols = new Map<string, string>()
  for (const pair of text.split(',')) {
    if (pair.trim() === '') continue
    const [name, protocol, rest] = pair.split(':').map(normalised)
    if (
      name === undefined ||
      protocol === undefined ||
      rest !== undefined ||
      !knownProtocols.includes(protocol)
    ) {
      problems.push(notAMapping(text, pair.trim()))
    } else {
      protocols.set(name, protocol)
    }
  }
  return protocols
}

function protocolOf(endpoint: Endpoint, protocols: Map<string, string>, problems: ConfigProblem[]): string {
  const protocol = protocols.get(endpoint.name)
  if (protocol === undefined) problems.push(noProtocol(endpoint))
  else if (!servedProtocols.includes(protocol)) problems.push(notServed(endpoint, protocol))
  return protocol ?? 'PLAINTEXT'
}

function advertisedOf(
  config: ListenerKeys,
  listeners: readonly Endpoint[],
  controllers: ReadonlySet<string>,
  problems: ConfigProblem[],
): Map<string, Endpoint> {
  const advertised = parseEndpoints('advertised.listeners', config['advertised.listeners'] ?? [], problems)
  const names = new Set(listeners.map(({ name }) => name))
  for (const endpoint of advertised) {
    if (controllers.has(endpoint.name)) continue
    if (!names.has(endpoint.name)) problems.push(notAListener(endpoint, [...names]))
    if (isEveryInterface(endpoint.host)) problems.push(notAnAddress(endpoint))
  }
  return new Map(advertised.map(endpoint => [endpoint.name, endpoint]))
}

function advertisedAs(endpoint: Endpoint, advertised: Endpoint | undefined, machineName: () => string) {
  const isAdvertisedAsReached = advertised === undefined && isEveryInterface(endpoint.host)
  const { host, port } = advertised ?? endpoint
  return { advertised: { host: isAdvertisedAsReached ? machineName() : host, port }, isAdvertisedAsReached }
}

function interBrokerOf(
  config: ListenerKeys,
  listeners: readonly ListenerConfig[],
  problems: ConfigProblem[],
): string {
  const asked = config['inter.broker.listener.name']
  if (asked === null) {
    const protocol = config['security.inter.broker.protocol']
    return (listeners.find(({ name }) => name === protocol) ?? listeners[0])?.name ?? protocol
  }
  const name = normalised(asked)
  if (!listeners.some(listener => listener.name === name)) {
    problems.push(
      notAmongListeners(
        asked,
        listeners.map(listener => listener.name),
      ),
    )
  }
  return name
}

function isEveryInterface(host: string): boolean {
  return host === '' || host === '0.0.0.0' || host === '::'
}

function checkAddresses(endpoints: readonly Endpoint[], problems: ConfigProblem[]): void {
  for (const [at, endpoint] of endpoints.entries()) {
    const other = endpoints.slice(0, at).find(earlier => collide(earlier, endpoint))
    if (other !== undefined) problems.push(sameAddress(other, endpoint))
  }
}

function collide(a: Endpoint, b: Endpoint): boolean {
  if (a.port !== b.port || a.port === 0) return false
  if (a.host === b.host || a.host === '' || b.host === '') return true
  const isIpv6 = (host: string) => host.includes(':')
  return isIpv6(a.host) === isIpv6(b.host) && (isEveryInterface(a.host) || isEveryInterface(b.host))
}

function problem(key: string, text: string, message: string): ConfigProblem {
  return { kind: 'wrong-value', key, text, message: `${key}: ${message}` }
}

const form =
  'Write NAME://host:port, for example PLAINTEXT://127.0.0.1:9092 (an empty host is every interface).'

function notAnEndpoint(key: string, text: string): ConfigProblem {
  return problem(key, text, `'${text}' is not a listener. ${form}`)
}

function sameName(key: string, { name, text }: Endpoint): ConfigProblem {
  return problem(
    key,
    text,
    `two listeners are named ${name}. Give each its own name, and map it to its protocol in listener.security.protocol.map.`,
  )
}

function sameAddress(a: Endpoint, b: Endpoint): ConfigProblem {
  return problem(
    'listeners',
    b.text,
    `${a.text} and ${b.text} claim the same address. Give one of them another port.`,
  )
}

function notAMapping(text: string, pair: string): ConfigProblem {
  const key = 'listener.security.protocol.map'
  return problem(
    key,
    text,
    `'${pair}' does not map a listener. Write NAME:PROTOCOL, the protocol being one of ${knownProtocols.join(', ')}.`,
  )
}

function noProtocol({ name, text }: Endpoint): ConfigProblem {
  return problem(
    'listeners',
    text,
    `nothing says which security protocol the listener ${name} speaks. Add ${name}:PLAINTEXT (or another protocol) to listener.security.protocol.map.`,
  )
}

function notServed({ name, text }: Endpoint, protocol: string): ConfigProblem {
  return problem(
    'listeners',
    text,
    `the listener ${name} asks for ${protocol}, which this version of Samsa does not serve. Use ${servedProtocols.join(', ')}.`,
  )
}

function notAListener({ name, text }: Endpoint, names: readonly string[]): ConfigProblem {
  return problem(
    'advertised.listeners',
    text,
    `${name} is advertised, but not a listener. The listeners are: ${names.join(', ')}.`,
  )
}

function notAnAddress({ text }: Endpoint): ConfigProblem {
  return problem(
    'advertised.listeners',
    text,
    `'${text}' names no host, and no client can connect to "every interface". Give the name or address clients reach this machine by.`,
  )
}

function notAmongListeners(asked: string, names: readonly string[]): ConfigProblem {
  return problem(
    'inter.broker.listener.name',
    asked,
    `'${asked}' is not a listener. The listeners are: ${names.join(', ')}.`,
  )
}

function noneForClients(listeners: readonly string[]): ConfigProblem {
  return problem(
    'listeners',
    listeners.join(','),
    'all listeners are for controllers (controller.listener.names), and none is left for clients. Add one, for example PLAINTEXT://127.0.0.1:9092.',
  )
}
