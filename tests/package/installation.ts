import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root } from '../process/samsa-process.ts'

/** The package as `npm pack` makes it, installed from that file and the registry into a folder that was empty. */
export interface Installation {
  readonly folder: string
  readonly tarball: string
  readonly tarballBytes: number
  /** Of `node_modules`: the package with all it depends on. */
  readonly installedBytes: number
  /** Installs more into the folder, for what only some tests need: `name@version`. */
  add(...packages: string[]): void
  remove(): void
}

const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']

export function installPackage(): Installation {
  const place = mkdtempSync(join(tmpdir(), 'samsa-package-'))
  const folder = join(place, 'project')
  mkdirSync(folder)
  const packed = npm(join(root, 'packages/samsa'), 'pack', '--json', '--pack-destination', place)
  const tarball = join(place, (JSON.parse(packed) as { filename: string }[])[0]!.filename)
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ type: 'module', private: true }))
  npm(folder, 'install', ...quiet, tarball)
  return {
    folder,
    tarball,
    tarballBytes: statSync(tarball).size,
    installedBytes: bytesIn(join(folder, 'node_modules')),
    add: (...packages) => void npm(folder, 'install', '--save-dev', ...quiet, ...packages),
    remove: () => rmSync(place, { recursive: true, force: true }),
  }
}

export function npm(folder: string, ...words: string[]): string {
  return execFileSync('npm', words, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}

/** The version of a package that this repository is developed with. */
export function versionOf(name: string): string {
  const listed = execFileSync('node', ['-p', `require('${name}/package.json').version`], { cwd: root })
  return `${name}@${listed.toString().trim()}`
}

function bytesIn(folder: string): number {
  let total = 0
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isFile()) total += statSync(join(entry.parentPath, entry.name)).size
  }
  return total
}
