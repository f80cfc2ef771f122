import { type Completable, flagsOf, namesOf, pathOf, quoted } from './completable.ts'

/** A script for bash (3.2 and later): `source <(samsa completion bash)`. */
export function bashCompletion(all: readonly Completable[]): string {
  return `# Completion of samsa and of Kafka's tools for bash; made by: samsa completion bash
_samsa() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local at=\${COMP_WORDS[0]##*/} word candidates=
  at=\${at%.sh}
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case "$at $word" in
      ${deeperPaths(all).map(quoted).join(' | ')}) at="$at $word" ;;
    esac
  done
  case "$at $previous" in
${valueCases(all).join('\n')}
  esac
  [ -n "$candidates" ] || case "$at" in
${placeCases(all).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$candidates" -- "$current"))
}
complete -o default -F _samsa ${all.flatMap(namesOf).join(' ')}
`
}

/** Every place below a program. */
export function deeperPaths(all: readonly Completable[]): string[] {
  return all.flatMap(({ program, places }) =>
    [...places.keys()].filter(place => place !== '').map(place => pathOf(program, place)),
  )
}

/** After an option with choices come those; after another one with a value what the shell proposes itself: files. */
function valueCases(all: readonly Completable[]): string[] {
  return all.flatMap(({ program, places }) =>
    [...places].flatMap(([place, { options }]) =>
      options
        .filter(({ value }) => value !== 'none')
        .map(option => {
          const patterns = flagsOf(option).map(flag => quoted(`${pathOf(program, place)} ${flag}`))
          const { choices } = option
          const then = choices.length === 0 ? 'return 0' : `candidates=${quoted(choices.join(' '))}`
          return `    ${patterns.join(' | ')}) ${then} ;;`
        }),
    ),
  )
}

function placeCases(all: readonly Completable[]): string[] {
  return all.flatMap(({ program, places }) =>
    [...places].map(([place, { words, options }]) => {
      const candidates = [...words.map(({ word }) => word), ...options.map(({ long }) => `--${long}`)]
      return `    ${quoted(pathOf(program, place))}) candidates=${quoted(candidates.join(' '))} ;;`
    }),
  )
}
