import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start()
})
afterAll(() => broker[Symbol.asyncDispose]())

const run = (words: string) => broker.run(`kafka-share-groups ${words}`)

describe('kafka-share-groups', () => {
  it('lists share groups only', async () => {
    await broker.produce('orders', ['a'])
    const admin = broker.samsa.admin()
    await admin.alterGroupOffsets('billing', [{ topic: 'orders', partition: 0, offset: 1 }])
    await admin.close()
    expect(await run('--list')).toEqual({ code: 0, output: '', errors: '' })
    expect((await run('--list --state')).output).toBe('GROUP           STATE\n')
    expect((await run('--delete --group billing')).output).toContain("Group 'billing' is not a share group.")
  })

  it.each([
    ['--describe', 'Option [describe] takes one of these options: [group], [all-groups]'],
    ['--describe --group a --members --offsets', 'Option [describe] takes at most one of these options'],
    ['--delete', 'Option [delete] takes the options [group] or [all-groups]'],
    ['--delete --group a --topic b', 'Option [delete] does not take the option: [topic]'],
    ['--reset-offsets --group a --topic b --to-latest', 'takes the option: [execute] or [dry-run]'],
    ['--delete-offsets --group a', 'takes the following options: [group], [topic]'],
    ['--list --members', 'Option(s) [members] are unavailable'],
    ['--list --state odd', "Invalid state list 'odd'. Valid states are: Empty, Stable, Dead"],
    ['--list --describe --all-groups', 'Command must include exactly one action'],
  ])('refuses %s', async (words, message) => {
    const { code, errors } = await run(words)
    expect(code).toBe(1)
    expect(errors).toContain(message)
  })
})
