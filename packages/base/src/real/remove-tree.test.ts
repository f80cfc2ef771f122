import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { discardTree, removeTree } from './remove-tree.ts'

let directory: string
const openFilesHere = () => (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : Number.NaN)

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'samsa-remove-'))
})

afterEach(() => removeTree(directory))

describe('removing', () => {
  it('takes a directory with everything in it, and what a link leads to stays', () => {
    mkdirSync(join(directory, 'a/b/c'), { recursive: true })
    mkdirSync(join(directory, 'kept'))
    writeFileSync(join(directory, 'kept/file'), 'x')
    writeFileSync(join(directory, 'a/b/file'), 'x')
    symlinkSync(join(directory, 'kept'), join(directory, 'a/link'))
    removeTree(join(directory, 'a'))
    removeTree(join(directory, 'missing'))
    expect(readdirSync(directory)).toEqual(['kept'])
    expect(readdirSync(join(directory, 'kept'))).toEqual(['file'])
  })

  it('takes the same at leisure, one after the other, and goes on after a failure', async () => {
    mkdirSync(join(directory, 'a/b'), { recursive: true })
    mkdirSync(join(directory, 'kept'))
    writeFileSync(join(directory, 'kept/file'), 'x')
    writeFileSync(join(directory, 'a/b/file'), 'x')
    writeFileSync(join(directory, 'single'), 'x')
    symlinkSync(join(directory, 'kept'), join(directory, 'a/link'))
    const refused = discardTree(`${join(directory, 'single')}/below`)
    const discarded = Promise.all(['a', 'single', 'missing'].map(name => discardTree(join(directory, name))))
    await expect(refused).rejects.toThrow('ENOTDIR')
    await discarded
    expect(readdirSync(directory)).toEqual(['kept'])
    expect(readdirSync(join(directory, 'kept'))).toEqual(['file'])
  })

  it('takes the names of large files at once, and frees their handles later', async () => {
    const before = openFilesHere()
    mkdirSync(join(directory, 'a'))
    for (let i = 0; i < 100; i++) {
      writeFileSync(join(directory, `a/${i}`), '')
      truncateSync(join(directory, `a/${i}`), 64 * 1024 * 1024)
    }
    removeTree(join(directory, 'a'))
    expect(readdirSync(directory)).toEqual([])
    expect(await discardTree(join(directory, 'a'))).toBe(undefined)
    if (Number.isNaN(before)) return
    expect(openFilesHere()).toBeLessThanOrEqual(before + 65)
    while (openFilesHere() > before) await new Promise(resolve => setTimeout(resolve, 5))
  })
})
