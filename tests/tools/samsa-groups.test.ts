import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ToolBroker } from './tool-broker.ts'

let broker: ToolBroker

beforeAll(async () => {
  broker = await ToolBroker.start({ topics: [{ name: 'orders', partitions: 2 }] })
  await broker.produce('orders', ['a', 'b', 'c', 'd'])
  await commit('billing', 1)
})
afterAll(() => broker[Symbol.asyncDispose]())

async function commit(group: string, offset: number): Promise<void> {
  const admin = broker.samsa.admin()
  await admin.alterGroupOffsets(group, [{ topic: 'orders', partition: 0, offset }])
  await admin.close()
}

const run = (words: string) => broker.run(`samsa groups ${words}`)
const jsonOf = (output: string): unknown[] =>
  output
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line) as unknown)

describe('samsa groups list', () => {
  it('sums up the lag of each group', async () => {
    expect((await run('list')).output).toBe(
      'GROUP    TYPE     PROTOCOL  STATE  MEMBERS  PARTITIONS  LAG\nbilling  classic  -         Empty        0           1    3\n',
    )
    const [group] = jsonOf((await run("list 'bill.*' --json")).output)
    expect(group).toMatchObject({ group: 'billing', state: 'Empty', members: 0, lag: 3 })
    expect((await run('list nothing --json')).output).toBe('')
  })
})

describe('samsa groups describe', () => {
  it('shows offsets, lag and who reads', async () => {
    await using _reader = await broker.member('readers', 'orders')
    const { output } = await run('describe billing readers')
    expect(output).toContain('billing  Empty, classic, 0 members, coordinator 1, lag 3\n')
    expect(output).toMatch(/\norders {10}0 {10}1 {4}4 {4}3 {2}- {7}- {5}-\n/)
    expect(output).toMatch(/readers {2}Stable, classic, range, 1 member, coordinator 1, lag \d\n/)
    const [billing, readers] = jsonOf((await run('describe billing readers --json')).output)
    expect(billing).toMatchObject({
      group: 'billing',
      lag: 3,
      members: [],
      partitions: [{ topic: 'orders', partition: 0, offset: 1, endOffset: 4, lag: 3 }],
    })
    expect(readers).toMatchObject({ members: [{ clientId: 'reader', partitions: [{}, {}] }] })
    expect(await run('reset readers --to end --execute')).toMatchObject({
      code: 1,
      errors: 'samsa: readers has 1 member: stop them, then reset it.\n',
    })
  })

  it('says when there is no such group', async () => {
    const { code, errors } = await run('describe nobody')
    expect(code).toBe(1)
    expect(errors).toContain('nobody')
  })
})

describe('samsa groups reset', () => {
  const plan = async (words: string) =>
    jsonOf((await run(`reset billing ${words} --json`)).output).map(line => (line as { to: number }).to)

  it('shows what would change, by every kind of moment', async () => {
    expect(await run('reset billing --to beginning')).toEqual({
      code: 0,
      output:
        'TOPIC   PARTITION  FROM  TO  BY\norders          0     1   0  -1\nNothing was changed: add --execute to do it.\n',
      errors: '',
    })
    expect(await plan('--to end')).toEqual([4])
    expect(await plan('--to 2')).toEqual([2])
    expect(await plan('--to=-3')).toEqual([1])
    expect(await plan('--to=-99')).toEqual([0])
    expect(await plan("--to '1 day ago'")).toEqual([0])
    expect(await plan('--by 2')).toEqual([3])
    expect(await plan('orders --to end')).toEqual([4, 0])
    expect(await plan('orders:1 --to end')).toEqual([0])
  })

  it('does it when told to', async () => {
    await commit('other', 1)
    const [move] = jsonOf((await run('reset other --to end --execute --json')).output)
    expect(move).toEqual({ group: 'other', topic: 'orders', partition: 0, from: 1, to: 4, done: true })
    const [group] = jsonOf((await run('list other --json')).output)
    expect(group).toMatchObject({ lag: 0 })
  })

  it('says what is missing or wrong', async () => {
    expect((await run('reset billing')).errors).toContain('either --to a moment, or --by')
    expect((await run('reset billing --to end --by 2')).code).toBe(1)
    expect((await run('reset billing a:b:c --to end')).errors).toContain("Invalid topic arg 'a:b:c'")
    expect((await run('reset nobody --to end')).errors).toContain('nobody has no offsets yet')
    expect((await run('reset billing orders:9 --to end')).errors).toContain('"orders-9" do not exist')
  })
})

describe('samsa groups delete', () => {
  it('deletes groups, and says of each what became of it', async () => {
    await commit('gone', 1)
    expect(await run('delete gone')).toEqual({ code: 0, output: 'Deleted group gone.\n', errors: '' })
    expect(await run('delete gone --if-exists')).toMatchObject({ code: 0, errors: '' })
    expect((await run('delete gone')).errors).toContain('samsa: gone: GROUP_ID_NOT_FOUND')
    expect(jsonOf((await run('delete gone --json')).output)).toMatchObject([
      { group: 'gone', done: false, error: 'GROUP_ID_NOT_FOUND' },
    ])
  })
})
