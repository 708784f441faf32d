import { accessSync, constants, existsSync } from 'node:fs'
import path from 'node:path'
import { exposureOf } from '@hubgate/core/settings'
import { hintFor } from '../views/errors.ts'
import type { Check, Checkup } from './checkup.ts'
import { type Finding, isWell, toMend } from './finding.ts'

/** The files that settings come from: can they be used, and does nobody else get at the tokens in them? */
export const settingsFiles: Check = {
  name: 'settings',
  look(checkup) {
    const { faults, settings } = checkup.inputs
    const { configPath, tokenPath, storedTokensPath } = settings.folders
    const wrong = [
      ...faults.map((fault) => toMend('settings', fault.message, hintFor(fault) ?? 'correct it')),
      ...[configPath, tokenPath, storedTokensPath].flatMap(whyUnreadable),
      ...[tokenPath, storedTokensPath].flatMap((file) => whyExposed(file, checkup)),
    ]
    return wrong.length > 0 ? wrong : [isWell('settings', existsSync(configPath) ? configPath : 'defaults')]
  },
}

function whyUnreadable(file: string): Finding[] {
  if (!existsSync(file)) return []
  try {
    accessSync(file, constants.R_OK)
    return []
  } catch {
    return [toMend('settings', `${file} cannot be read, and is passed over`, `make it yours: chown $USER '${file}'`)]
  }
}

function whyExposed(file: string, { inputs }: Checkup): Finding[] {
  switch (exposureOf(file, inputs.platform)) {
    case 'readable':
      return [
        toMend('token file', `others can read ${file}`, `chmod 600 '${file}'; a token that was read is best revoked`),
      ]
    case 'replaceable':
      return [
        toMend('token file', `others can put another file in place of ${file}`, `chmod o-w '${path.dirname(file)}'`),
      ]
    case undefined:
      return []
  }
}
