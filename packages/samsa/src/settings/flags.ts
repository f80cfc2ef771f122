import { bracketed } from './old-keys.ts'
import type { Setting } from './setting.ts'

/** The flags of `samsa start` that set keys. */
export interface SettingFlags {
  readonly host?: string
  readonly port?: string
  readonly advertised?: string
  readonly data?: string
  readonly override?: readonly string[]
}

/** A flag whose form is wrong. */
export class FlagError extends Error {
  override readonly name = 'FlagError'
}

/**
 * Reads flags as settings. `--host` and `--port` are one PLAINTEXT listener and replace all others; what the more
 * general `--override key=value` says goes last, so it wins.
 *
 * @throws FlagError for an override without `=`
 */
export function settingsOfFlags(flags: SettingFlags): Setting[] {
  const { host, port } = flags
  const portText = port ?? '9092'
  const settings: Setting[] = []
  if (host !== undefined || port !== undefined) {
    const origin = host === undefined ? '--port' : port === undefined ? '--host' : '--host and --port'
    settings.push({
      key: 'listeners',
      text: `PLAINTEXT://${bracketed(host ?? '127.0.0.1')}:${portText}`,
      origin,
    })
  }
  if (flags.advertised !== undefined) {
    settings.push({
      key: 'advertised.listeners',
      text: advertisedText(flags.advertised, portText),
      origin: '--advertised',
    })
  }
  if (flags.data !== undefined) settings.push({ key: 'log.dirs', text: flags.data, origin: '--data' })
  return [...settings, ...(flags.override ?? []).map(settingOfOverride)]
}

/** `--advertised` takes listeners in full, or just a host, with a port or without. */
function advertisedText(advertised: string, port: string): string {
  if (advertised.includes('://')) return advertised
  const hasPort = /^(\[.*\]|[^:]*):\d+$/.test(advertised)
  return `PLAINTEXT://${hasPort ? advertised : `${bracketed(advertised)}:${port}`}`
}

function settingOfOverride(override: string): Setting {
  const at = override.indexOf('=')
  if (at <= 0)
    throw new FlagError(`--override ${override}: write key=value, for example --override num.partitions=3.`)
  return {
    key: override.slice(0, at).trim(),
    text: override.slice(at + 1),
    origin: `--override ${override.slice(0, at)}`,
  }
}
