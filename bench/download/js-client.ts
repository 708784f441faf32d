import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs'
import path from 'node:path'
import process from 'node:process'
import { pathToFileURL } from 'node:url'
import { workspaceRoot } from '../../scripts/pinned-node.mjs'

/** Hugging Face's own client for JavaScript: measured beside, and no part of the workspace. */
export const JS_CLIENT = '@huggingface/hub@2.17.5'

/** Where its module is, installed once below node_modules; `undefined`, said aloud, where it cannot be. */
export function prepareJsClient(): string | undefined {
  const folder = path.join(workspaceRoot, 'node_modules', '.cache', 'bench', JS_CLIENT.replaceAll('/', '-'))
  if (!existsSync(folder) && !install(folder)) return undefined
  return pathToFileURL(path.join(folder, 'node_modules', '@huggingface', 'hub', 'dist', 'index.mjs')).href
}

function install(folder: string): boolean {
  const fresh = `${folder}.${process.pid}`
  mkdirSync(fresh, { recursive: true })
  const words = ['install', '--prefix', fresh, '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', JS_CLIENT]
  const { status, stderr } = spawnSync('npm', words, { encoding: 'utf8' })
  if (status === 0) renameSync(fresh, folder)
  else {
    rmSync(fresh, { recursive: true, force: true })
    process.stderr.write(`skipped: ${JS_CLIENT} cannot be installed here: ${stderr.split('\n')[0]}\n`)
  }
  return status === 0
}
