import { expect, it } from 'vitest'
import { accessOptions } from '../records/access-options.ts'
import { samsaCommands } from './index.ts'

const connecting = samsaCommands.filter(({ options }) => 'bootstrap-server' in options)

it.each(connecting.map(({ name, options }) => [name, options] as const))(
  'samsa %s is told of its cluster as all are',
  (_, options) => {
    expect(options).toMatchObject(accessOptions)
  },
)

it('all commands but those that explain connect', () => {
  const others = samsaCommands.filter(one => !connecting.includes(one)).map(({ name }) => name)
  expect(others).toEqual(['explain'])
})
