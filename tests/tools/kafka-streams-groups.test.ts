import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start()
})
afterAll(() => broker[Symbol.asyncDispose]())

const run = (words: string) => broker.run(`kafka-streams-groups ${words}`)

describe('kafka-streams-groups', () => {
  it('lists streams groups only', async () => {
    expect(await run('--list')).toEqual({ code: 0, output: '', errors: '' })
    expect((await run('--list --state')).output).toBe('GROUP           STATE\n')
  })

  it('says what failed, with exit code 1', async () => {
    const { code, output } = await run('--describe --group nobody')
    expect(code).toBe(1)
    expect(output).toMatch(/^\nError: Executing streams group command failed due to /)
    expect((await run('--delete --group nobody')).output).toContain(
      'does not exist or is not a streams group.',
    )
  })

  it.each([
    ['--describe', 'Option [describe] takes one of these options: [all-groups], [group]'],
    ['--delete --group a --input-topic b', 'does not support topic-specific offset deletion'],
    ['--reset-offsets --group a --to-latest', 'takes the option: [execute] or [dry-run]'],
    ['--delete-offsets --group a', 'takes the [group] and one of these options'],
    ['--list --delete-all-internal-topics', 'takes one of these options: [delete], [reset-offsets]'],
    ['--delete --group a --execute', 'Only Option [reset-offsets] accepts [execute] or [dry-run]'],
    ['--list --members', 'Option(s) [members] are unavailable'],
    ['--list --state odd', "Invalid state list 'odd'"],
    ['--list --describe --all-groups', 'Command must include exactly one action'],
  ])('refuses %s', async (words, message) => {
    const { code, errors } = await run(words)
    expect(code).toBe(1)
    expect(errors).toContain(message)
  })
})
