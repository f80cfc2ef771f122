import { silentLogger } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import { AdvertisedAddressHint } from './advertised-address-hint.ts'

function hintsFor(advertisedHost: string, ...reached: string[]): string[] {
  const hints: string[] = []
  const hint = new AdvertisedAddressHint({ ...silentLogger, warn: message => void hints.push(message) })
  const listener = {
    name: 'PLAINTEXT',
    securityProtocol: 'PLAINTEXT',
    bound: { host: '0.0.0.0', port: 9092 },
    advertised: { host: advertisedHost, port: 9092 },
    isAdvertisedAsReached: false,
  }
  for (const host of reached) hint.check(listener, { host, port: 9092 })
  return hints
}

describe('the hint about advertised addresses', () => {
  it('is given once to clients that are sent to another address than the one they reached', () => {
    expect(hintsFor('localhost', '192.168.1.5', '192.168.1.5')).toEqual([
      'A client came to 192.168.1.5:9092 but is told to go on at localhost:9092. ' +
        'If it cannot connect there, set advertised.listeners=PLAINTEXT://192.168.1.5:9092.',
    ])
  })

  it.each([
    ['localhost', '127.0.0.1'],
    ['127.0.0.1', '::ffff:127.0.0.1'],
    ['localhost', '::1'],
    ['10.0.0.7', '::ffff:10.0.0.7'],
    ['broker.example.org', '10.0.0.7'],
  ])('is not given where %s is advertised and %s was reached', (advertised, reached) => {
    expect(hintsFor(advertised, reached)).toEqual([])
  })

  it('is bounded, whatever addresses are scanned', () => {
    const scanned = Array.from({ length: 100 }, (_, i) => `10.0.0.${i}`)
    expect(hintsFor('localhost', ...scanned)).toHaveLength(20)
  })
})
