import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { workspaceRoot } from '../pinned-node.mjs'

const read = (file: string): string => readFileSync(path.join(workspaceRoot, file), 'utf8')

test('docs/errors.md and ErrorDetails name the same codes, both ways', () => {
  const inCode = [...read('packages/core/src/errors.ts').matchAll(/^ {2}(ERR_\w+):/gm)].map(([, code = '']) => code)
  const inDocs = [...read('docs/errors.md').matchAll(/^### `(ERR_\w+)`/gm)].map(([, code = '']) => code)
  expect(inCode.length).toBeGreaterThan(5)
  expect(inDocs.toSorted()).toEqual(inCode.toSorted())
})
