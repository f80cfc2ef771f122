import { type Completable, deeperPaths, namesOf, optionsWithValues, placesOf, quoted } from './completable.ts'

/** A script for zsh: `source <(samsa completion zsh)`, or a file `_samsa` on the fpath. */
export function zshCompletion(all: readonly Completable[]): string {
  const names = all.flatMap(namesOf).join(' ')
  return `#compdef ${names}
# Completion of samsa and of Kafka's tools for zsh; made by: samsa completion zsh
_samsa() {
  local at=\${words[1]:t} previous=\${words[CURRENT-1]} word
  local -a candidates
  at=\${at%.sh}
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$at $word" in
      (${deeperPaths(all).map(quoted).join('|')}) at="$at $word" ;;
    esac
  done
  case "$at $previous" in
${valueCases(all).join('\n')}
  esac
  case "$at" in
${placeCases(all).join('\n')}
  esac
  _describe "$at" candidates || _files
}
if [ "$funcstack[1]" = _samsa ]; then _samsa "$@"; else compdef _samsa ${names}; fi
`
}

function valueCases(all: readonly Completable[]): string[] {
  return optionsWithValues(all).map(
    option => `    (${option.paths.map(quoted).join('|')}) ${actionOf(option)}; return ;;`,
  )
}

function actionOf({
  about,
  choices,
  value,
}: { about: string; choices: readonly string[]; value: string }): string {
  if (choices.length > 0) return `candidates=(${choices.map(quoted).join(' ')}); _describe value candidates`
  return value === 'file' ? '_files' : `_message ${quoted(about)}`
}

function placeCases(all: readonly Completable[]): string[] {
  return placesOf(all).map(({ path, words, options }) => {
    const candidates = [
      ...words.map(({ word, about }) => described(word, about)),
      ...options.map(({ long, about }) => described(`--${long}`, about)),
    ]
    return `    (${quoted(path)}) candidates=(${candidates.join(' ')}) ;;`
  })
}

/** A colon ends the word. */
function described(word: string, about: string): string {
  return quoted(`${word.replaceAll(':', '\\:')}:${about}`)
}
