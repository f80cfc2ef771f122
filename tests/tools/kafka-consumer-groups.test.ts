import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start()
  await broker.produce('orders', ['a', 'b', 'c', 'd'])
  const admin = broker.samsa.admin()
  await admin.alterGroupOffsets('billing', [{ topic: 'orders', partition: 0, offset: 1 }])
  await admin.close()
})
afterAll(() => broker[Symbol.asyncDispose]())

const run = (words: string, files: Record<string, string> = {}) =>
  broker.run(`kafka-consumer-groups ${words}`, { files })

const reset = async (words: string, files: Record<string, string> = {}) =>
  (await run(`--reset-offsets --group billing --dry-run ${words}`, files)).output

const table = (offset: number) =>
  `\nGROUP           TOPIC           PARTITION  NEW-OFFSET\nbilling         orders          0          ${offset}\n`

describe('kafka-consumer-groups', () => {
  it('lists groups, with their types and states when asked for them', async () => {
    expect((await run('--list')).output).toBe('billing\n')
    expect((await run('--list --state --type')).output.split('\n')).toEqual([
      'GROUP                     TYPE                 STATE               ',
      'billing                   Classic              Empty               ',
      '',
    ])
    expect((await run('--list --state stable')).output).not.toContain('billing')
  })

  it('says where a group is, and that nobody is in it', async () => {
    const { code, output, errors } = await run('--describe --group billing')
    expect(code).toBe(0)
    expect(errors).toBe("\nConsumer group 'billing' has no active members.\n")
    expect(output).toBe(
      '\nGROUP           TOPIC           PARTITION  CURRENT-OFFSET  LOG-END-OFFSET  LAG             CONSUMER-ID     HOST            CLIENT-ID' +
        '\nbilling         orders          0          1               4               3               -               -               -\n',
    )
  })

  it('shows members and the state', async () => {
    await using _reader = await broker.member('readers', 'orders')
    const members = await run('--describe --group readers --members --verbose')
    expect(members.output).toMatch(/^\nGROUP +CONSUMER-ID +HOST +CLIENT-ID +#PARTITIONS +CURRENT-EPOCH /)
    expect(members.output).toMatch(/\nreaders +\S+ +\S+ +\S+ +1 +- +orders:0 +- +- +\n$/)
    const state = await run('--describe --group readers --state')
    expect(state.output).toMatch(/\nreaders +\S+:\d+ {2}\(1\) +range +Stable +1\n$/)
    const refused = await run('--reset-offsets --group readers --topic orders --to-latest --execute')
    expect(refused.output).toContain("Assignments can only be reset if the group 'readers' is inactive")
  })

  it('plans offsets by every strategy', async () => {
    expect(await reset('--topic orders --to-earliest')).toBe(table(0))
    expect(await reset('--topic orders --to-latest')).toBe(table(4))
    expect(await reset('--all-topics --to-current')).toBe(table(1))
    expect(await reset('--topic orders:0 --to-offset 3')).toBe(table(3))
    expect(await reset('--topic orders:0 --to-offset 9')).toBe(table(4))
    expect(await reset('--all-topics --shift-by 2')).toBe(table(3))
    expect(await reset('--all-topics --by-duration P1D')).toBe(table(0))
    expect(await reset('--all-topics --to-datetime 2020-01-01T00:00:00.000')).toBe(table(0))
    expect(await reset('--all-topics --to-datetime 2999-01-01T00:00:00.000')).toBe(
      `\nWarn: Partition 0 from topic orders is empty. Falling back to latest known offset.\n${table(4)}`,
    )
    expect(await reset('--from-file /plan.csv', { '/plan.csv': 'orders,0,2\n' })).toBe(table(2))
    expect(await reset('--all-topics --to-earliest --export')).toBe('orders,0,0\n\n')
  })

  it('resets when told to, deletes offsets, and deletes groups', async () => {
    await run('--reset-offsets --group other --topic orders --to-offset 2 --execute')
    expect((await run('--describe --group other')).output).toMatch(/\nother +orders +0 +2 +4 +2 /)
    expect((await run('--delete-offsets --group other --topic orders')).output).toBe(
      'Request succeeded for deleting offsets from group other.\n\nTOPIC           PARTITION  STATUS         \norders          0          Successful     \n',
    )
    await run('--reset-offsets --group other --topic orders --to-offset 2 --execute')
    expect((await run('--delete --group other')).output).toBe(
      "Deletion of requested consumer groups ('other') was successful.\n",
    )
    expect((await run('--delete --group other')).output).toContain(
      "* Group 'other' could not be deleted due to: ",
    )
  })

  it('refuses what does not go together, and tells what failed as Kafka does', async () => {
    const wrong = await run('--describe --group a --members --offsets')
    expect(wrong.code).toBe(1)
    expect(wrong.errors).toContain('Option [describe] takes at most one of these options')
    const missing = await run('--describe --group nobody')
    expect(missing.code).toBe(0)
    expect(missing.output).toMatch(
      /^\nError: Executing consumer group command failed due to .*GroupIdNotFound/,
    )
    expect((await run("--validate-regex 'a('")).output).toContain('is invalid: missing closing ).')
  })
})
