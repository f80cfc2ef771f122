/** Counts cases, prints a line for each, and closes with the line that says how it went. */
export class Tally {
  passed = 0
  failed = 0
  skipped = 0

  pass(name: string): void {
    this.passed++
    console.log(`ok - ${name}`)
  }

  fail(name: string, why: string): void {
    this.failed++
    console.log(`not ok - ${name}: ${why}`)
  }

  skip(name: string, why: string): void {
    this.skipped++
    console.log(`skip - ${name}: ${why}`)
  }

  /** Runs one case; an error is its failure. */
  async case(name: string, body: () => Promise<void> | void): Promise<void> {
    try {
      await body()
      this.pass(name)
    } catch (error) {
      this.fail(name, error instanceof Error ? error.message : `${error}`)
    }
  }

  /** Counts a line that a client program printed; other lines are passed on as they are. */
  line(client: string, text: string): void {
    const [, kind, rest = ''] = /^(ok|not ok|skip) - (.*)$/.exec(text) ?? []
    const [name = '', ...why] = `${client}: ${rest}`.split(/(?<=: .*?): (?!contents)/)
    if (kind === 'ok') this.pass(`${client}: ${rest}`)
    else if (kind === 'not ok') this.fail(name, why.join(': '))
    else if (kind === 'skip') this.skip(name, why.join(': '))
    else if (text.trim() !== '') console.log(`  ${client} | ${text}`)
  }

  /** Prints the closing line; the process's exit code says the same. */
  close(): void {
    if (this.failed > 0 || this.passed === 0) process.exitCode = 1
    console.log(`${this.passed} passed, ${this.failed} failed, ${this.skipped} skipped`)
  }
}
