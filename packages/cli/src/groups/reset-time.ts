import { FailedError } from '../command/command.ts'

/**
 * Reads a time as Kafka's tools take it: `2025-03-01T12:00:00.000`, in UTC unless a zone follows (`Z`, `+02`, `+0200`,
 * `+02:00`). Milliseconds since the epoch.
 */
export function readDateTime(given: string): number {
  if (!given.includes('T'))
    throw new FailedError(
      `Error parsing timestamp. It does not contain a 'T' according to ISO8601 format: '${given}' (2025-03-01T12:00:00.000 would do)`,
    )
  const parts = /^(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)\.(\d+)(Z|[+-]\d\d(?::?\d\d)?)?/.exec(given)
  const time = parts === null ? Number.NaN : timeOf(parts.slice(1, 8).map(Number), parts[8] ?? 'Z')
  if (Number.isNaN(time))
    throw new FailedError(`Unparseable date: "${given}" is no time such as 2025-03-01T12:00:00.000`)
  return time
}

function timeOf(fields: readonly number[], zone: string): number {
  const [year, month, day, hour, minute, second, millisecond] = fields as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  const time = new Date(Date.UTC(year, month - 1, day, hour, minute, second, millisecond))
  const isReal =
    time.getUTCMonth() === month - 1 &&
    time.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60 &&
    millisecond < 1000
  return isReal ? time.getTime() - zoneOffsetMs(zone) : Number.NaN
}

function zoneOffsetMs(zone: string): number {
  if (zone === 'Z') return 0
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3).replace(':', ''))
  return (zone.startsWith('-') ? -1 : 1) * minutes * 60_000
}

/** Reads a duration of ISO 8601, `P1DT2H30M`, as Kafka's tools take it. Milliseconds. */
export function readIsoDuration(given: string): number {
  const parts =
    /^([+-]?)P(?:([+-]?\d+)D)?(?:T(?=[+\-\d])(?:([+-]?\d+)H)?(?:([+-]?\d+)M)?(?:([+-]?\d+(?:[.,]\d{0,9})?)S)?)?$/i.exec(
      given,
    )
  const amounts = parts?.slice(2, 6)
  if (amounts === undefined || amounts.every(one => one === undefined))
    throw new FailedError(`Text cannot be parsed to a Duration: '${given}' (P1DT2H30M would do)`)
  const [days, hours, minutes, seconds] = amounts.map(one => Number((one ?? '0').replace(',', '.')))
  const inSeconds = ((days! * 24 + hours!) * 60 + minutes!) * 60 + seconds!
  return Math.round(inSeconds * 1000) * (parts![1] === '-' ? -1 : 1)
}
