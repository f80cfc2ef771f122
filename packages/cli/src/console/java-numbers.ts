/** A double as Java's `Double.toString` writes it: 1.0, 1.5E10. */
export function javaDouble(value: number): string {
  return Number.isFinite(value) ? decimal(value.toExponential(), value) : javaSpecial(value)
}

/** A float as Java's `Float.toString` writes it: the shortest text that is no other float. */
export function javaFloat(value: number): string {
  if (!Number.isFinite(value)) return javaSpecial(value)
  for (let digits = 0; digits < 9; digits++) {
    const text = value.toExponential(digits)
    if (Math.fround(Number(text)) === value) return decimal(text, value)
  }
  return decimal(value.toExponential(), value)
}

function javaSpecial(value: number): string {
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity'
}

/** From scientific notation to Java's: plain from 0.001 to 10 000 000, and always with a fraction. */
function decimal(scientific: string, value: number): string {
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const size = Math.abs(value)
  if (size === 0) return `${sign}0.0`
  const [, digits, exponent] = /^-?([\d.]+)e([+-]\d+)$/.exec(scientific)!
  const figures = digits!.replace('.', '')
  const power = Number(exponent)
  if (size < 1e-3 || size >= 1e7) return `${sign}${figures[0]}.${figures.slice(1) || '0'}E${power}`
  if (power < 0) return `${sign}0.${'0'.repeat(-power - 1)}${figures}`
  const whole = figures.slice(0, power + 1).padEnd(power + 1, '0')
  return `${sign}${whole}.${figures.slice(power + 1) || '0'}`
}
