import { z } from 'zod'
import type { ModelSpec } from './model-spec.ts'
import type { FileSpec } from './repo-file.ts'

const json = z.record(z.string(), z.unknown())
const optionalJson = json.exactOptional()
const figure = z.number().min(0).exactOptional()

/** A file in JSON: its text, or an object; bytes that are no text come as base64. */
const fileShape = z.union([
  z.string(),
  z
    .strictObject({
      content: z.string().exactOptional(),
      base64: z.base64().exactOptional(),
      size: z.number().int().min(0).exactOptional(),
      seed: z.string().exactOptional(),
      lfs: z.boolean().exactOptional(),
      announcedSize: z.number().exactOptional(),
      announcedSha256: z.string().exactOptional(),
    })
    .transform(
      ({ base64, ...rest }): FileSpec =>
        base64 === undefined ? rest : { ...rest, content: Buffer.from(base64, 'base64') },
    ),
])

export const filesShape: z.ZodType<Record<string, FileSpec>> = z.record(z.string(), fileShape)

/** Files by path, `null` for one that goes. */
export const changedFilesShape: z.ZodType<Record<string, FileSpec | null>> = z.record(z.string(), fileShape.nullable())

export const modelSpecShape: z.ZodType<ModelSpec> = z.strictObject({
  id: z.string().min(1),
  formerIds: z.array(z.string()).exactOptional(),
  gated: z.union([z.literal(false), z.enum(['auto', 'manual'])]).exactOptional(),
  private: z.boolean().exactOptional(),
  disabled: z.boolean().exactOptional(),
  orgMembersGated: z.boolean().exactOptional(),
  creator: z.string().exactOptional(),
  gatedFields: optionalJson,
  files: filesShape.exactOptional(),
  refs: z.record(z.string(), filesShape).exactOptional(),
  downloads: figure,
  likes: figure,
  trendingScore: figure,
  createdAt: z.iso.datetime().exactOptional(),
  lastModified: z.iso.datetime().exactOptional(),
  pipelineTag: z.string().nullable().exactOptional(),
  library: z.string().nullable().exactOptional(),
  license: z.string().exactOptional(),
  baseModel: z.strictObject({ id: z.string(), relation: z.string() }).exactOptional(),
  tags: z.array(z.string()).exactOptional(),
  params: figure,
  paramsByDtype: z.record(z.string(), z.number()).exactOptional(),
  architecture: z.string().exactOptional(),
  modelType: z.string().exactOptional(),
  config: optionalJson,
  contextLength: figure,
  inferenceProviders: z.record(z.string(), json).exactOptional(),
  extraFields: optionalJson,
})
