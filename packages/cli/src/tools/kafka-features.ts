import type { Admin, FeatureUpdate, UpgradeType } from '@samsa/client'
import { FailedError, type Io, exitCodes } from '../command/command.ts'
import { messageOf } from '../command/java-name.ts'
import { type KafkaTool, kafkaTool } from '../command/kafka-tool.ts'
import { type OptionsOf, flag, integer, text } from '../command/options.ts'
import { openAdmin } from '../connect.ts'
import {
  METADATA_VERSION,
  type MetadataVersion,
  defaultLevel,
  dependencyLines,
  features,
  latestMetadataVersion,
  metadataVersionOf,
  metadataVersions,
} from '../feature-levels.ts'
import { checkOneKindOfServer, connectionOf, controllerOption, serverOptions } from './connection-options.ts'

const options = { ...serverOptions, ...controllerOption }

const release = text({
  argument: 'release',
  about: 'Sets all features as a new cluster of the release has them.',
})
const metadata = text({ argument: 'release', about: 'Sets metadata.version only.', isHidden: true })
const dryRun = flag({ about: 'Only say whether it could be done.' })
const unsafe = flag({ about: 'Even if that loses metadata.' })
const setting = text({
  argument: 'feature=level',
  about: 'A feature and its level; may be repeated.',
  isRepeatable: true,
})

const verbs: KafkaTool['verbs'] = {
  describe: {
    about: 'Show the levels of all features.',
    options: { 'node-id': integer({ argument: 'id', about: 'The node to ask (default: any).' }) },
  },
  upgrade: {
    about: 'Raise the levels of features.',
    options: { metadata, 'release-version': release, feature: setting, 'dry-run': dryRun },
  },
  downgrade: {
    about: 'Lower the levels of features.',
    options: { metadata, 'release-version': release, feature: setting, unsafe, 'dry-run': dryRun },
  },
  disable: {
    about: 'Turn features off.',
    options: {
      feature: text({ argument: 'feature', about: 'A feature; may be repeated.', isRepeatable: true }),
      unsafe,
      'dry-run': dryRun,
    },
  },
  'version-mapping': {
    about: 'Show the levels that features have in a new cluster of a release.',
    options: {
      'release-version': text({ argument: 'release', about: 'The release (default: the latest).' }),
    },
  },
  'feature-dependencies': {
    about: 'Show what levels of features need of other features.',
    options: { feature: { ...setting, facts: { ...setting.facts, isRequired: true } } },
  },
}

type Options = OptionsOf<typeof options> & {
  readonly 'node-id'?: number
  readonly metadata?: string
  readonly 'release-version'?: string
  readonly feature?: readonly string[]
  readonly unsafe?: boolean
  readonly 'dry-run'?: boolean
}

/** `kafka-features`: the levels of the features that a cluster runs with (KIP-584). */
export const kafkaFeatures = kafkaTool({
  name: 'kafka-features',
  about: 'Show and set the levels of the features that a cluster runs with.',
  style: 'verbs',
  verbs,
  failureHasJavaName: true,
  options,
  usageText: problem => `Command line error: ${problem.replace(/(?<![.?])$|\.$/, '.')} Type --help for help.`,
  examples: [
    ['kafka-features --bootstrap-server localhost:9092 describe', 'The level of each feature.'],
    ['kafka-features version-mapping --release-version 4.0', 'What a new cluster of 4.0 begins with.'],
  ],
  async run(given: Options, io, verb) {
    checkOneKindOfServer(given, options)
    if (verb === 'version-mapping') return printMapping(given['release-version'], io)
    if (verb === 'feature-dependencies') return printDependencies(given.feature!, io)
    await using admin = await openAdmin(connectionOf(given), io)
    if (verb === 'describe') return await describe(admin, given['node-id'], io)
    const change = verb as Change
    return await update(admin, change, updatesOf(change, given, io), given['dry-run'] === true, io)
  },
})

type Change = 'upgrade' | 'downgrade' | 'disable'

/** Not released: Kafka's tool knows it, and its brokers take it only when they are told to. */
const unstable: MetadataVersion = { level: 31, name: '4.4-IV0' }

function printMapping(given: string | undefined, io: Io): number {
  const name = given ?? latestMetadataVersion.name
  const version = releaseOf(name)
  io.print(`${METADATA_VERSION}=${version.level} (${name})\n`)
  for (const feature of Object.keys(features)) io.print(`${feature}=${defaultLevel(feature, version)}\n`)
  return exitCodes.ok
}

function printDependencies(settings: readonly string[], io: Io): number {
  for (const one of settings) {
    const [name, level] = settingOf(one)
    for (const line of dependenciesOf(name, level)) io.print(`${line}\n`)
  }
  return exitCodes.ok
}

function dependenciesOf(name: string, level: number): readonly string[] {
  if (name === METADATA_VERSION && level === unstable.level)
    return [`${name}=${level} (${unstable.name}) has no dependencies.`]
  const known = Object.hasOwn(features, name) ? features[name] : undefined
  if (known !== undefined && (level < 0 || level > known.highest))
    throw new FailedError(`No feature:${name} with feature level ${level}`)
  return dependencyLines(`${name}=${level}`)
}

async function describe(admin: Admin, broker: number | undefined, io: Io): Promise<number> {
  if (broker !== undefined && broker < 0)
    throw new FailedError(`Invalid node id ${broker}: must be non-negative.`)
  const { supported, finalized, finalizedEpoch } = await admin.describeFeatures({ broker })
  for (const name of [...supported.keys()].sort()) {
    const { minVersion, maxVersion } = supported.get(name)!
    const cells = [
      `Feature: ${name.padEnd(40)}`,
      `SupportedMinVersion: ${levelText(name, minVersion).padEnd(15)}`,
      `SupportedMaxVersion: ${levelText(name, maxVersion).padEnd(15)}`,
      `FinalizedVersionLevel: ${levelText(name, finalized.get(name)?.maxVersion ?? 0).padEnd(15)}`,
      `Epoch: ${finalizedEpoch ?? '-'}`,
    ]
    io.print(`${cells.join('  ')}\n`)
  }
  return exitCodes.ok
}

function levelText(feature: string, level: number): string {
  if (feature !== METADATA_VERSION) return `${level}`
  return [...metadataVersions, unstable].find(one => one.level === level)?.name ?? `UNKNOWN ${level}`
}

function updatesOf(change: Change, given: Options, io: Io): FeatureUpdate[] {
  const { metadata, 'release-version': release, feature: named = [] } = given
  const upgradeType = typeOf(change, given)
  if (release !== undefined && (metadata !== undefined || named.length > 0))
    throw new FailedError('Can not specify `release-version` with other feature flags.')
  if (release !== undefined) return updatesToRelease(releaseOf(release), upgradeType)
  const levels: [string, number][] = []
  if (metadata !== undefined) {
    io.print(' `metadata` flag is deprecated and may be removed in a future release.\n')
    levels.push([METADATA_VERSION, releaseOf(metadata).level])
  }
  for (const one of named) levels.push(change === 'disable' ? [one, 0] : settingOf(one))
  const updates = new Map<string, FeatureUpdate>()
  for (const [feature, maxVersion] of levels) {
    checkLevel(maxVersion, upgradeType)
    if (updates.has(feature)) throw new FailedError(`Feature ${feature} was specified more than once.`)
    updates.set(feature, { feature, maxVersion, upgradeType })
  }
  return [...updates.values()]
}

function typeOf(change: Change, { unsafe }: Options): UpgradeType {
  if (change === 'upgrade') return 'UPGRADE'
  return unsafe === true ? 'UNSAFE_DOWNGRADE' : 'SAFE_DOWNGRADE'
}

function updatesToRelease(version: MetadataVersion, upgradeType: UpgradeType): FeatureUpdate[] {
  const levels = Object.keys(features).map(name => [name, defaultLevel(name, version)] as const)
  return [[METADATA_VERSION, version.level] as const, ...levels]
    .filter(([, level]) => upgradeType !== 'UPGRADE' || level > 0)
    .map(([feature, maxVersion]) => ({ feature, maxVersion, upgradeType }))
}

function checkLevel(level: number, upgradeType: UpgradeType): void {
  if (level < 0) throw new FailedError('Cannot specify a negative version level.')
  if (level > 0 || upgradeType !== 'UPGRADE') return
  throw new FailedError(
    'The upgradeType flag should be set to SAFE_DOWNGRADE or UNSAFE_DOWNGRADE when the provided maxVersionLevel:0 is < 1.',
  )
}

async function update(
  admin: Admin,
  change: Change,
  updates: readonly FeatureUpdate[],
  validateOnly: boolean,
  io: Io,
): Promise<number> {
  if (updates.length === 0) throw new FailedError(`You must specify at least one feature to ${change}`)
  const sorted = [...updates].sort((a, b) => (a.feature < b.feature ? -1 : 1))
  const results = await admin.updateFeatures(sorted, { validateOnly }).results()
  for (const { feature, maxVersion } of sorted) {
    const error = results.errorOf(feature)
    const to = change === 'disable' ? '' : ` to ${maxVersion}`
    io.print(
      error === undefined
        ? `${feature} ${validateOnly ? 'can be' : 'was'} ${change}d${to}.\n`
        : `${validateOnly ? 'Can not' : 'Could not'} ${change} ${feature}${to}. ${messageOf(error)}\n`,
    )
  }
  const failures = results.failures().length
  if (failures > 0) throw new FailedError(`${failures} out of ${updates.length} operation(s) failed.`)
  return exitCodes.ok
}

function releaseOf(name: string): MetadataVersion {
  if (name === unstable.name) return unstable
  try {
    return metadataVersionOf(name)
  } catch (error) {
    throw new FailedError(`${(error as Error).message}, ${unstable.name}`)
  }
}

/** Reads `feature=level`. */
function settingOf(given: string): [feature: string, level: number] {
  const at = given.indexOf('=')
  const problem = `Can't parse feature=level string ${given}: `
  if (at < 0) throw new FailedError(`${problem}equals sign not found.`)
  const level = given.slice(at + 1).trim()
  if (!/^[+-]?\d+$/.test(level) || Number(level) > 32_767 || Number(level) < -32_768)
    throw new FailedError(`${problem}unable to parse ${level} as a short.`)
  return [given.slice(0, at).trim(), Number(level)]
}
