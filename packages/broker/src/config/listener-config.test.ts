import { defaultsOf, parseConfig } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import { brokerConfig } from './broker-config.ts'
import { listenersOf } from './listener-config.ts'

function listeners(entries: Record<string, string>) {
  return listenersOf(parseConfig(brokerConfig, entries).values, () => 'my-machine')
}

function problemsOf(entries: Record<string, string>): string[] {
  return listeners(entries).problems.map(problem => problem.message)
}

describe('listeners', () => {
  it('are one on the loopback address when nothing is set', () => {
    expect(listenersOf(defaultsOf(brokerConfig), () => 'my-machine')).toEqual({
      listeners: [
        {
          name: 'PLAINTEXT',
          securityProtocol: 'PLAINTEXT',
          address: { host: '127.0.0.1', port: 9092 },
          advertised: { host: '127.0.0.1', port: 9092 },
          isAdvertisedAsReached: false,
        },
      ],
      interBroker: 'PLAINTEXT',
      notOpened: [],
      problems: [],
    })
  })

  it('have names of their own, mapped to protocols, each with its advertised address', () => {
    const config = listeners({
      listeners: 'internal://0.0.0.0:29092,EXTERNAL://[::1]:9092',
      'advertised.listeners': 'INTERNAL://broker:29092,external://localhost:9092',
      'listener.security.protocol.map': 'INTERNAL:PLAINTEXT, EXTERNAL:PLAINTEXT',
      'inter.broker.listener.name': 'internal',
    })
    expect(config.problems).toEqual([])
    expect(config.interBroker).toBe('INTERNAL')
    expect(config.listeners.map(({ name, address, advertised }) => [name, address, advertised])).toEqual([
      ['INTERNAL', { host: '0.0.0.0', port: 29092 }, { host: 'broker', port: 29092 }],
      ['EXTERNAL', { host: '::1', port: 9092 }, { host: 'localhost', port: 9092 }],
    ])
  })

  it.each(['PLAINTEXT://:9092', 'PLAINTEXT://0.0.0.0:9092', 'PLAINTEXT://[::]:9092'])(
    'advertise the name of the machine for %s, and say that it is a guess',
    text => {
      const [listener] = listeners({ listeners: text }).listeners
      expect(listener).toMatchObject({
        advertised: { host: 'my-machine', port: 9092 },
        isAdvertisedAsReached: true,
      })
    },
  )

  it('for controllers are not opened, as in the server.properties Kafka ships', () => {
    const config = listeners({
      'process.roles': 'broker,controller',
      listeners: 'PLAINTEXT://:9092,CONTROLLER://:9093',
      'advertised.listeners': 'PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093',
      'controller.listener.names': 'CONTROLLER',
      'inter.broker.listener.name': 'PLAINTEXT',
      'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL',
    })
    expect(config.problems).toEqual([])
    expect(config.listeners.map(({ name }) => name)).toEqual(['PLAINTEXT'])
    expect(config.notOpened).toEqual(['CONTROLLER'])
  })

  it('without an inter-broker name use the one of the inter-broker protocol, or else the first', () => {
    const map = { 'listener.security.protocol.map': 'A:PLAINTEXT,B:PLAINTEXT,PLAINTEXT:PLAINTEXT' }
    expect(listeners({ listeners: 'A://:1,PLAINTEXT://:2', ...map }).interBroker).toBe('PLAINTEXT')
    expect(listeners({ listeners: 'A://:1,B://:2', ...map }).interBroker).toBe('A')
  })

  it('may share a port on different addresses', () => {
    const map = { 'listener.security.protocol.map': 'A:PLAINTEXT,B:PLAINTEXT' }
    expect(problemsOf({ listeners: 'A://10.0.0.1:9092,B://10.0.0.2:9092', ...map })).toEqual([])
    expect(problemsOf({ listeners: 'A://0.0.0.0:9092,B://[::1]:9092', ...map })).toEqual([])
    expect(problemsOf({ listeners: 'A://127.0.0.1:0,B://127.0.0.1:0', ...map })).toEqual([])
  })

  it.each([
    [
      { listeners: 'localhost:9092' },
      "listeners: 'localhost:9092' is not a listener. Write NAME://host:port, for example PLAINTEXT://127.0.0.1:9092 (an empty host is every interface).",
    ],
    [
      { listeners: 'PLAINTEXT://localhost:99092' },
      "listeners: 'PLAINTEXT://localhost:99092' is not a listener. Write NAME://host:port, for example PLAINTEXT://127.0.0.1:9092 (an empty host is every interface).",
    ],
    [
      { listeners: 'PLAINTEXT://:1,plaintext://:2' },
      'listeners: two listeners are named PLAINTEXT. Give each its own name, and map it to its protocol in listener.security.protocol.map.',
    ],
    [
      {
        listeners: 'A://:9092,B://127.0.0.1:9092',
        'listener.security.protocol.map': 'A:PLAINTEXT,B:PLAINTEXT',
      },
      'listeners: A://:9092 and B://127.0.0.1:9092 claim the same address. Give one of them another port.',
    ],
    [
      { listeners: 'INTERNAL://:9092' },
      'listeners: nothing says which security protocol the listener INTERNAL speaks. Add INTERNAL:PLAINTEXT (or another protocol) to listener.security.protocol.map.',
    ],
    [
      { listeners: 'SSL://:9092' },
      'listeners: the listener SSL asks for SSL, which this version of Samsa does not serve. Use PLAINTEXT.',
    ],
    [
      { 'listener.security.protocol.map': 'PLAINTEXT:PLAIN' },
      "listener.security.protocol.map: 'PLAINTEXT:PLAIN' does not map a listener. Write NAME:PROTOCOL, the protocol being one of PLAINTEXT, SSL, SASL_PLAINTEXT, SASL_SSL.",
    ],
    [
      { 'advertised.listeners': 'EXTERNAL://localhost:9092' },
      'advertised.listeners: EXTERNAL is advertised, but not a listener. The listeners are: PLAINTEXT.',
    ],
    [
      { 'advertised.listeners': 'PLAINTEXT://0.0.0.0:9092' },
      'advertised.listeners: \'PLAINTEXT://0.0.0.0:9092\' names no host, and no client can connect to "every interface". Give the name or address clients reach this machine by.',
    ],
    [
      { 'inter.broker.listener.name': 'INTERNAL' },
      "inter.broker.listener.name: 'INTERNAL' is not a listener. The listeners are: PLAINTEXT.",
    ],
    [
      { listeners: 'CONTROLLER://:9093' },
      'listeners: all listeners are for controllers (controller.listener.names), and none is left for clients. Add one, for example PLAINTEXT://127.0.0.1:9092.',
    ],
  ])('that contradict are told of: %j', (entries, message) => {
    expect(problemsOf(entries as Record<string, string>)).toContain(message)
  })
})
