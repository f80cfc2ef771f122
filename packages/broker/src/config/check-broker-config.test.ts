import { defaultsOf, parseConfig } from '@samsa/base'
import { describe, expect, it } from 'vitest'
import { brokerConfig } from './broker-config.ts'
import { checkBrokerConfig } from './check-broker-config.ts'

function problemsOf(entries: Record<string, string>): string[] {
  const { values, problems } = parseConfig(brokerConfig, entries)
  expect(problems).toEqual([])
  return checkBrokerConfig(values).map(problem => problem.message)
}

describe('keys that belong together', () => {
  it('agree by default', () => {
    expect(checkBrokerConfig(defaultsOf(brokerConfig))).toEqual([])
  })

  it.each([
    [
      { 'broker.id': '1', 'node.id': '2' },
      'broker.id: 1 does not do here. Allowed: the same number as node.id, or not set.',
    ],
    [
      { 'log.retention.ms': '0' },
      'log.retention.ms: 0 does not do here. Allowed: at least 1, or -1 for no limit.',
    ],
    [
      { 'log.retention.hours': '0' },
      'log.retention.hours: 0 does not do here. Allowed: at least 1, or -1 for no limit.',
    ],
    [{ 'log.roll.ms': '0' }, 'log.roll.ms: 0 does not do here. Allowed: at least 1.'],
    [
      { 'max.connections.per.ip': '0' },
      'max.connections.per.ip: 0 does not do here. Allowed: at least 1, unless max.connections.per.ip.overrides is set.',
    ],
    [
      { 'max.connections.per.ip.overrides': 'x' },
      'max.connections.per.ip.overrides: x does not do here. Allowed: host:count pairs separated by commas.',
    ],
    [
      { 'queued.max.request.bytes': '5' },
      'queued.max.request.bytes: 5 does not do here. Allowed: at least socket.request.max.bytes, or -1.',
    ],
    [
      { 'group.min.session.timeout.ms': '1800001' },
      'group.min.session.timeout.ms: 1800001 does not do here. Allowed: at most group.max.session.timeout.ms.',
    ],
    [
      { 'log.cleaner.dedupe.buffer.size': '1048576' },
      'log.cleaner.dedupe.buffer.size: 1048576 does not do here. Allowed: more than 1048576 for each of the log.cleaner.threads.',
    ],
  ])('are refused when they contradict: %j', (entries, message) => {
    expect(problemsOf(entries as Record<string, string>)).toEqual([message])
  })

  it('may leave retention without a limit', () => {
    expect(
      problemsOf({
        'log.retention.ms': '-1',
        'max.connections.per.ip': '0',
        'max.connections.per.ip.overrides': '10.0.0.1:5, localhost:7',
      }),
    ).toEqual([])
  })
})
