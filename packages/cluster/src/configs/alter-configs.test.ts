import { describe, expect, it } from 'vitest'
import { refuse } from '../decision.ts'
import { type ConfigResource, keys } from '../image/keys.ts'
import { modelOf } from '../testing/fixture-image.ts'
import {
  type ConfigOperation,
  type ConfigSchema,
  decideAlterConfigs,
  decideIncrementalAlterConfigs,
} from './alter-configs.ts'

const schema: ConfigSchema = {
  listDefault: (_resource, name) => (name === 'cleanup.policy' ? 'delete' : undefined),
  check: (_resource, entries) => ('bad' in entries ? refuse('INVALID_CONFIG', 'bad') : undefined),
}
const resource: ConfigResource = { type: 'topic', name: 'a' }

function altered(
  before: Record<string, string>,
  ...operations: [ConfigOperation['operation'], string, string | null][]
) {
  const model = modelOf([1]).put(keys.topic('a'), { topicId: 'i', assignment: [[1]] })
  if (Object.keys(before).length > 0) model.put(keys.config(resource), before)
  const what = operations.map(([operation, name, value]) => ({ operation, name, value }))
  const [outcome] = model.submit(
    decideIncrementalAlterConfigs(model.image, [{ resource, what }], schema, false),
  )
  return { error: outcome!.error, entries: model.image.topicConfig('a') }
}

describe('altering configurations', () => {
  it('sets, deletes, appends and subtracts', () => {
    expect(altered({ x: '1' }, ['SET', 'y', '2'], ['DELETE', 'x', null]).entries).toEqual({ y: '2' })
    expect(altered({}, ['APPEND', 'cleanup.policy', 'compact,delete']).entries).toEqual({
      'cleanup.policy': 'delete,compact',
    })
    const both = { 'cleanup.policy': 'compact,delete' }
    expect(altered(both, ['SUBTRACT', 'cleanup.policy', 'delete']).entries).toEqual({
      'cleanup.policy': 'compact',
    })
    expect(altered({ x: '1' }, ['DELETE', 'x', null]).entries).toEqual({})
  })

  it('refuses to append to what is no list, and then changes nothing of the resource', () => {
    expect(altered({ x: '1' }, ['SET', 'x', '2'], ['APPEND', 'x', '3'])).toEqual({
      error: 'INVALID_CONFIG',
      entries: { x: '1' },
    })
    expect(altered({ x: '1' }, ['SET', 'x', '2'], ['SET', 'bad', '3']).entries).toEqual({ x: '1' })
  })

  it('replaces everything with the older request', () => {
    const model = modelOf([1]).put(keys.topic('a'), { topicId: 'i', assignment: [[1]] })
    model.put(keys.config(resource), { x: '1', y: '1' })
    model.submit(decideAlterConfigs(model.image, [{ resource, what: { y: '2' } }], schema, false))
    expect(model.image.topicConfig('a')).toEqual({ y: '2' })
  })

  it('refuses topics that do not exist, and keeps no empty or unchanged entry', () => {
    const model = modelOf([1])
    const none = decideAlterConfigs(model.image, [{ resource, what: { y: '2' } }], schema, false)
    expect(none.response[0]!.error).toBe('UNKNOWN_TOPIC_OR_PARTITION')
    const broker: ConfigResource = { type: 'broker', name: 'default' }
    expect(decideAlterConfigs(model.image, [{ resource: broker, what: {} }], schema, false).changes).toEqual(
      [],
    )
    model.submit(decideAlterConfigs(model.image, [{ resource: broker, what: { x: '1' } }], schema, false))
    expect(model.image.brokerConfig('default')).toEqual({ x: '1' })
    expect(model.image.configuredNames('broker')).toEqual(['default'])
    model.submit(decideAlterConfigs(model.image, [{ resource: broker, what: {} }], schema, false))
    expect(model.entries.get(keys.config(broker))).toBeUndefined()
    expect(model.image.configuredNames('broker')).toEqual([])
  })

  it('changes nothing when it only validates', () => {
    const model = modelOf([1])
    const change = { resource: { type: 'group', name: 'g' } as const, what: { x: '1' } }
    expect(decideAlterConfigs(model.image, [change], schema, true).changes).toEqual([])
  })
})
