import { describe, expect, it } from 'vitest'
import { nearestName } from './nearest-name.ts'

const names = [
  'log.retention.ms',
  'log.retention.hours',
  'listeners',
  'num.partitions',
  'log.dirs',
  'log.dir',
]

describe('the nearest name', () => {
  it.each([
    ['listners', 'listeners'],
    ['log.retention.hour', 'log.retention.hours'],
    ['num.partition', 'num.partitions'],
    ['numpartitions', 'num.partitions'],
    ['NUM_PARTITIONS', 'num.partitions'],
    ['log.ms.retention', 'log.retention.ms'],
    ['lgo.dirs', 'log.dirs'],
  ])('of %s is %s', (name, nearest) => {
    expect(nearestName(name, names)).toBe(nearest)
  })

  it('is none for a name that resembles nothing', () => {
    expect(nearestName('confluent.support.metrics.enable', names)).toBeUndefined()
    expect(nearestName('x', names)).toBeUndefined()
  })
})
