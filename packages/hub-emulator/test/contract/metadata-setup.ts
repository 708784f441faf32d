import type { HubEmulatorOptions } from '../../src/start.ts'

const files = {
  'README.md': '# Hi',
  'config.json': '{}',
  'model.safetensors': { size: 5000 },
  'onnx/model.onnx': { size: 4000 },
  'onnx/deep/info.txt': 'deep',
}
export const many: Readonly<Record<string, string>> = Object.fromEntries(
  Array.from({ length: 2500 }, (_, index) => [`part-${String(index).padStart(4, '0')}.txt`, 'x']),
)
export const setup: HubEmulatorOptions = {
  wellKnown: false,
  syntheticModels: 0,
  models: [
    {
      id: 'acme/open',
      files,
      params: 8e9,
      downloads: 30,
      tags: ['en'],
      refs: { 'refs/tags/v1': { a: '1' }, 'refs/pr/1': { a: '2' } },
    },
    { id: 'acme/gated', gated: 'manual', files, downloads: 20 },
    { id: 'acme/many', files: many, downloads: 10 },
  ],
}
