import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { topicConfig } from '@samsa/log'
import { describe, expect, it } from 'vitest'
import { generatedPages, stalePages, writePages } from './generated-pages.ts'

const root = new URL('../..', import.meta.url).pathname

describe('generated pages', () => {
  it('in the repository say what the tables say (else run: npm run build && node checks/dist/generated-pages.js)', () => {
    expect(stalePages(root)).toEqual([])
  })

  it('are stale when missing or changed by hand, and written only then', () => {
    const directory = mkdtempSync(join(tmpdir(), 'samsa-pages-'))
    const paths = [...new Set(generatedPages.map(({ path }) => path))]
    expect(stalePages(directory)).toEqual(paths)
    expect(writePages(directory)).toEqual(paths)
    expect(stalePages(directory)).toEqual([])
    writeFileSync(join(directory, paths[0]!), 'by hand')
    expect(stalePages(directory)).toEqual([paths[0]])
  })

  it('leave what is written by hand around a section of theirs as it is', () => {
    const directory = mkdtempSync(join(tmpdir(), 'samsa-pages-'))
    writePages(directory)
    const { path } = generatedPages.find(({ section }) => section !== undefined)!
    const section = readFileSync(join(directory, path), 'utf8')
    writeFileSync(
      join(directory, path),
      `# Before\n\n${section.replace('| 1 | Fetch |', '| 1 | Catch |')}\nAfter.\n`,
    )
    expect(writePages(directory)).toEqual([path])
    expect(readFileSync(join(directory, path), 'utf8')).toBe(`# Before\n\n${section}\nAfter.\n`)
  })

  it('have a section for each key of a topic that is not internal', () => {
    const page = readFileSync(join(root, 'docs/reference/topic-config.md'), 'utf8')
    for (const [key, row] of Object.entries(topicConfig)) {
      expect(page.includes(`### \`${key}\`\n`), key).toBe(!row.internal)
    }
  })
})
