import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { parseCurated } from '@hubgate/core/catalog'
import { workspaceRoot } from '../pinned-node.mjs'
import type { CuratedModel } from './curate-model.ts'
import type { SourceNote } from './sources.ts'

/** The curated list as it lies in its file. */
export interface CuratedFile {
  readonly schemaVersion: 1
  readonly asOf: string
  readonly sources: Readonly<Record<string, SourceNote>>
  readonly models: readonly CuratedModel[]
}

export const curatedPath: string = path.join(workspaceRoot, 'packages', 'core', 'data', 'curated.json')

/** @throws {HubgateError} `ERR_CURATED_DATA` */
export function readCuratedFile(file: string = curatedPath): CuratedFile {
  const value: unknown = JSON.parse(readFileSync(file, 'utf8'))
  parseCurated(value)
  return value as CuratedFile
}

/** A model a line: a change then shows as that model's line. */
export function formatCuratedFile({ models, ...head }: CuratedFile): string {
  const lines = models.toSorted((a, b) => (a.id < b.id ? -1 : 1)).map((model) => `  ${JSON.stringify(model)}`)
  return `${JSON.stringify(head, undefined, 1).replace(/\n\}$/, '')},\n "models": [\n${lines.join(',\n')}\n ]\n}\n`
}

/** The whole list in one step, or the old one stays. @throws {HubgateError} `ERR_CURATED_DATA` for a list that breaks its rules */
export function writeCuratedFile(list: CuratedFile, file: string = curatedPath): void {
  const text = formatCuratedFile(list)
  parseCurated(JSON.parse(text))
  const fresh = `${file}.${process.pid}`
  try {
    writeFileSync(fresh, text)
    renameSync(fresh, file)
  } finally {
    rmSync(fresh, { force: true })
  }
}
