import { expect, it } from 'vitest'
import { checkDependencies, checkLinks, checkPromises, dependenciesPage } from './documents.ts'
import { checkNames } from './names.ts'

it('a link must lead to a file, and its anchor to a heading', () => {
  const files = [
    {
      path: 'README.md',
      text: '[a](docs/a.md#some-words) [b](docs/b.md)\n[c](docs/a.md#other) [d](https://x.y/z)',
    },
    { path: 'docs/a.md', text: '# Some *words*!\n[up](../README.md)\n```\n[not a link](x.md)\n```\n' },
  ]
  const exists = (path: string) => files.some(file => file.path === path)
  expect(checkLinks(files, exists)).toEqual([
    { where: 'README.md:1', what: 'the link to docs/b.md leads nowhere: docs/b.md does not exist' },
    {
      where: 'README.md:2',
      what: 'the link to docs/a.md#other leads nowhere: docs/a.md has no heading for #other',
    },
  ])
})

it('an anchor may be set, and a heading repeated', () => {
  const text = '# A\n<a id="own"></a>\n## B\n## B\n[1](#own) [2](#b) [3](#b-1) [4](#b-2)'
  expect(checkLinks([{ path: 'a.md', text }], () => true)).toMatchObject([
    { what: 'the link to #b-2 leads nowhere: a.md has no heading for #b-2' },
  ])
})

it('a promise is refused with its line', () => {
  expect(
    checkPromises([{ path: 'a.ts', text: `\n// ${'TO' + 'DO'}: later` }]).map(({ where }) => where),
  ).toEqual(['a.ts:2'])
})

it('dependencies and their page agree both ways', () => {
  const root = { name: 'house', dependencies: { snappy: '7' }, devDependencies: { vitest: '4' } }
  const files = [
    {
      path: dependenciesPage,
      text: '| package | why |\n|---|---|\n| `vitest` | tests |\n| `gone` | was |\n',
    },
  ]
  expect(checkDependencies({ root, packages: [], files }).map(({ what }) => what)).toEqual([
    'snappy is used but not listed: add it and say why',
    'gone is listed but used by no package: remove it',
  ])
})

it.each([
  'packages/log/src/utils.ts',
  'packages/log/src/file-helpers.ts',
  'packages/log/src/topic-manager.ts',
])('a file may not be called %s', path => expect(checkNames([{ path, text: '' }])).toHaveLength(1))

it('file names are kebab-case and classes are nouns', () => {
  expect(checkNames([{ path: 'packages/log/src/OffsetIndex.ts', text: '' }])).toHaveLength(1)
  expect(checkNames([{ path: 'packages/log/src/a.ts', text: 'class TopicManager {}' }])).toHaveLength(1)
  expect(
    checkNames([{ path: 'packages/log/src/offset-index.test.ts', text: 'class OffsetIndex {}' }]),
  ).toEqual([])
})
