import { FailedError } from './command/command.ts'

/** One stage of the cluster's metadata format (KIP-584): releases have one or several. */
export interface MetadataVersion {
  readonly level: number
  /** `4.0-IV3`. */
  readonly name: string
}

export const METADATA_VERSION = 'metadata.version'

/** All stages that Kafka 4.3 knows how to begin with, by release: the level of the first, and how many there are. */
const stagesOfReleases: readonly (readonly [release: string, firstLevel: number, stages: number])[] = [
  ['3.4', 8, 1],
  ['3.5', 9, 3],
  ['3.6', 12, 3],
  ['3.7', 15, 5],
  ['3.8', 20, 1],
  ['3.9', 21, 1],
  ['4.0', 22, 4],
  ['4.1', 26, 2],
  ['4.2', 28, 2],
  ['4.3', 30, 1],
]

/** 3.3-IV3, the first of KRaft in production, and everything after it, the newest last. */
export const metadataVersions: readonly MetadataVersion[] = [
  { level: 7, name: '3.3-IV3' },
  ...stagesOfReleases.flatMap(([release, firstLevel, stages]) =>
    Array.from({ length: stages }, (_, stage) => ({
      level: firstLevel + stage,
      name: `${release}-IV${stage}`,
    })),
  ),
]

export const latestMetadataVersion: MetadataVersion = metadataVersions.at(-1)!

interface Feature {
  readonly highest: number
  /** The level of metadata.version from which a new cluster has the highest level. */
  readonly byDefaultFrom: number
  /** What its levels above 0 need. */
  readonly needs?: Readonly<Record<string, number>>
}

/** Every feature that is released, in the order in which Kafka tells of them. */
export const features: Readonly<Record<string, Feature>> = {
  'kraft.version': { highest: 1, byDefaultFrom: 21 },
  'transaction.version': { highest: 2, byDefaultFrom: 24 },
  'group.version': { highest: 1, byDefaultFrom: 22 },
  'eligible.leader.replicas.version': {
    highest: 1,
    byDefaultFrom: 26,
    needs: { [METADATA_VERSION]: 23 },
  },
  'share.version': { highest: 1, byDefaultFrom: 28 },
  'streams.version': { highest: 1, byDefaultFrom: 29 },
}

/**
 * The stage that a release means: `4.0-IV1` itself, the last of `4.0` and of `4.0.2`.
 *
 * @throws FailedError when there is none
 */
export function metadataVersionOf(release: string): MetadataVersion {
  const wanted = /-IV\d+$/.test(release) ? release : `${release.split('.').slice(0, 2).join('.')}-`
  const found = metadataVersions.findLast(({ name }) => name === wanted || name.startsWith(wanted))
  if (found !== undefined) return found
  const names = metadataVersions.map(({ name }) => name).join(', ')
  throw new FailedError(`Unknown metadata.version '${release}'. Supported metadata.version are: ${names}`)
}

/** The level that a feature has in a new cluster of a stage. */
export function defaultLevel(feature: string, { level }: MetadataVersion): number {
  const { highest, byDefaultFrom } = features[feature]!
  return level >= byDefaultFrom ? highest : 0
}

/**
 * What a level of a feature needs of others, one line each below a heading line, in the words of Kafka's tools.
 *
 * @param setting `feature=level`
 * @throws FailedError when there is no such feature or level
 */
export function dependencyLines(setting: string): string[] {
  const { feature, level } = featureSettingOf(setting)
  if (feature === METADATA_VERSION) {
    const version = metadataVersions.find(one => one.level === level)
    if (version === undefined) throw new FailedError(`Unknown metadata.version ${level}`)
    return [`${feature}=${level} (${version.name}) has no dependencies.`]
  }
  const known = Object.hasOwn(features, feature) ? features[feature] : undefined
  if (known === undefined) throw new FailedError(`Unknown feature: ${feature}`)
  if (level < 0 || level > known.highest)
    throw new FailedError(`Feature level ${level} is not supported for feature ${feature}`)
  if (level === 0 || known.needs === undefined) return [`${feature}=${level} has no dependencies.`]
  const needs = Object.entries(known.needs).map(([name, needed]) => {
    const version = name === METADATA_VERSION ? metadataVersions.find(one => one.level === needed) : undefined
    return `    ${name}=${needed}${version === undefined ? '' : ` (${version.name})`}`
  })
  return [`${feature}=${level} requires:`, ...needs]
}

function featureSettingOf(setting: string): { feature: string; level: number } {
  const [feature = '', level, ...more] = setting.split('=')
  if (level === undefined || more.length > 0) {
    throw new FailedError(
      `Invalid feature format: ${setting}. Expected format: 'feature=version' (e.g. 'group.version=1')`,
    )
  }
  if (!/^[+-]?\d+$/.test(level) || Math.abs(Number(level)) > 32_767)
    throw new FailedError(`Invalid version format: ${level} for feature ${feature}`)
  return { feature, level: Number(level) }
}
