import { describe, expect, it } from 'vitest'
import {
  defaultLevel,
  dependencyLines,
  features,
  metadataVersionOf,
  metadataVersions,
} from './feature-levels.ts'

describe('the levels of features', () => {
  it('number the stages of the metadata format without a gap', () => {
    expect(metadataVersions.map(({ level }) => level)).toEqual(Array.from({ length: 24 }, (_, at) => 7 + at))
  })

  it.each([
    ['3.3', '3.3-IV3', 7],
    ['3.9', '3.9-IV0', 21],
    ['4.0', '4.0-IV3', 25],
    ['4.1.0', '4.1-IV1', 27],
    ['4.2-IV0', '4.2-IV0', 28],
    ['4.3', '4.3-IV0', 30],
  ])('take release %s as %s', (release, name, level) => {
    expect(metadataVersionOf(release)).toEqual({ name, level })
  })

  it.each(['2.0', '3.5-IV9', '4.4', '4', 'x'])('refuse release %s', release => {
    expect(() => metadataVersionOf(release)).toThrow(
      `Unknown metadata.version '${release}'. Supported metadata.version are: 3.3-IV3, 3.4-IV0,`,
    )
  })

  it.each([
    ['3.8', [0, 0, 0, 0, 0, 0]],
    ['3.9', [1, 0, 0, 0, 0, 0]],
    ['4.0-IV1', [1, 0, 1, 0, 0, 0]],
    ['4.0', [1, 2, 1, 0, 0, 0]],
    ['4.1', [1, 2, 1, 1, 0, 0]],
    ['4.2', [1, 2, 1, 1, 1, 1]],
  ])('are those of a new cluster of %s', (release, levels) => {
    const version = metadataVersionOf(release)
    expect(Object.keys(features).map(feature => defaultLevel(feature, version))).toEqual(levels)
  })

  it('say what they need', () => {
    expect(dependencyLines('transaction.version=2')).toEqual(['transaction.version=2 has no dependencies.'])
    expect(dependencyLines('metadata.version=20')).toEqual([
      'metadata.version=20 (3.8-IV0) has no dependencies.',
    ])
    expect(dependencyLines('eligible.leader.replicas.version=1')).toEqual([
      'eligible.leader.replicas.version=1 requires:',
      '    metadata.version=23 (4.0-IV1)',
    ])
  })

  it.each([
    ['nope=1', 'Unknown feature: nope'],
    ['group.version=9', 'Feature level 9 is not supported for feature group.version'],
    ['group.version=x', 'Invalid version format: x for feature group.version'],
    ['group.version', "Invalid feature format: group.version. Expected format: 'feature=version'"],
    ['metadata.version=99', 'Unknown metadata.version 99'],
  ])('refuse %s', (setting, message) => {
    expect(() => dependencyLines(setting)).toThrow(message)
  })
})
