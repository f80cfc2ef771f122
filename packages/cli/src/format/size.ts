const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']

/** A number of bytes for people: `0 B`, `1.5 KiB`, `23 MiB`. */
export function sizeText(bytes: number): string {
  let unit = 0
  let value = bytes
  // What would be rounded to 1024 is one of the next unit.
  while (value >= 1023.5 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  const digits = unit === 0 || value >= 9.95 ? 0 : 1
  return `${value.toFixed(digits)} ${units[unit]}`
}

/** A count with its digits in groups of three: `1,234,567`. */
export function countText(count: number): string {
  return `${count}`.replaceAll(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 partition`, `3 partitions`. */
export function counted(count: number, noun: string): string {
  return `${countText(count)} ${noun}${count === 1 ? '' : 's'}`
}
