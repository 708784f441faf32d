// The official Python client against our Hub. What it must find is written in Python, in the test_*.py beside this file.
import { globSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { startHubEmulator } from 'hub-emulator'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { findNode, workspaceRoot } from '../pinned-node.mjs'
import { type Python, preparePython } from './python.ts'

let python: Python
beforeAll(async () => {
  python = await preparePython()
})

describe('huggingface_hub', () => {
  test.each(globSync('test_*.py', { cwd: import.meta.dirname }).toSorted())('%s', async (file) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'hubgate-interop-'))
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
    await using hub = await startHubEmulator({ syntheticModels: 2500 })
    const environment = {
      HF_ENDPOINT: hub.endpoint,
      HF_HOME: path.join(folder, 'home'),
      // There is no Xet server here: downloads are plain HTTP.
      HF_HUB_DISABLE_XET: '1',
      HUB_ADMIN: `${hub.adminUrl}/__admin/`,
      // How a test runs our own command: this Node, this file.
      HUBGATE_NODE: findNode() ?? process.execPath,
      HUBGATE_COMMAND: path.join(workspaceRoot, 'packages', 'cli', 'bin', 'hubgate.js'),
      HUBGATE_HOME: path.join(folder, 'hubgate'),
    }
    const { code, output } = await python.unittest(path.basename(file, '.py'), { environment })
    // All that Python said of it: a comparison would show a few lines.
    if (code !== 0) expect.fail(output)
    expect(output).toMatch(/^Ran [1-9]\d* tests? in /m)
  })
})
